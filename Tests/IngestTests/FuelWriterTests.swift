import Files
import Foundation
import Ingest
import Storage
import Testing

@Suite("Writing in Fuel's layout")
struct FuelWriterTests {
    private let plan = FuelWriter.Plan(
        shape: ImageShape(channels: 1, height: 2, width: 3),
        splits: [.init("train", count: 3), .init("valid", count: 1)],
        targetNames: ["Smiling", "Eyeglasses"], provenance: ["crop": "center-148"])

    @Test("batches become features, targets, splits, axis names and attributes")
    func whole() throws {
        try withTemporaryFolder { folder in
            let writer = try FuelWriter(UnfinishedFile("\(folder)/faces.h5"), plan)
            try writer.append(pixels: Array(0..<12), targets: [1, 0, 0, 1])
            #expect(try names(in: folder).allSatisfy { $0.hasSuffix(".tmp") })
            try writer.append(pixels: Array(12..<24), targets: [1, 1, 0, 0])
            try writer.finish()
            #expect(try names(in: folder) == ["faces.h5"])
            let root = try File.open("\(folder)/faces.h5").root
            #expect(try root.dataset("features").shape == [4, 1, 2, 3])
            #expect(try root.dataset("features").read(as: UInt8.self) == Array(0..<24))
            #expect(try root.dataset("targets").read(as: UInt8.self) == [1, 0, 0, 1, 1, 1, 0, 0])
            #expect(try root.dataset("targets").attributes("names") == ["Smiling", "Eyeglasses"])
            #expect(
                try root.dataset("features").attributes("axes") == ["batch", "channel", "height", "width"])
            #expect(try root.dataset("features").hasAttribute("DIMENSION_LABELS"))
            #expect(try root.attribute("crop") == "center-148")
            let splits = try #require(try root.splits())
            #expect(splits.map(\.split) == ["train", "train", "valid", "valid"])
            #expect(splits.map(\.source) == ["features", "targets", "features", "targets"])
            #expect(splits.map(\.rows) == [0..<3, 0..<3, 3..<4, 3..<4])
        }
    }

    @Test("names that are too many for an attribute are in a dataset, and are read from there")
    func manyNames() throws {
        try withTemporaryFolder { folder in
            let names = (0..<3000).map { "one of three thousand columns of tags, number \($0)" }
            let plan = FuelWriter.Plan(
                shape: ImageShape(channels: 1, height: 2, width: 3), splits: [.init("train", count: 2)],
                targetNames: names, provenance: [:])
            let writer = try FuelWriter(UnfinishedFile("\(folder)/tags.h5"), plan)
            try writer.append(pixels: Array(0..<12), targets: (0..<6000).map { Int32($0 % 2) })
            try writer.finish()
            let dataset = try ImageDataset("\(folder)/tags.h5")
            #expect(dataset.targets?.names == names)
            #expect(try dataset.targetValues().prefix(2) == [0, 1])
        }
    }

    @Test("a file with more classes than an attribute can name is converted")
    func manyClasses() throws {
        try withTemporaryFolder { folder in
            let long = String(repeating: " with a long name", count: 5)
            let names = (0..<900).map { "person \($0) of nine hundred" + long }
            do {
                let root = try File.create(over: "\(folder)/people.h5").root
                let pixels = [UInt8](repeating: 7, count: 900 * 6)
                try root.write("features", pixels, shape: [900, 1, 2, 3]).setAttribute(
                    "axes", ["batch", "channel", "height", "width"])
                try root.write("labels", names, shape: [900])
            }
            let dataset = try ImageDataset("\(folder)/people.h5")
            _ = try DatasetConversion(dataset).write(to: UnfinishedFile("\(folder)/out.h5")) { _ in }
            #expect(try ImageDataset("\(folder)/out.h5").targets?.classNames == names.sorted())
        }
    }

    @Test("a writer that is given up leaves the old file and nothing else")
    func abandoned() throws {
        try withTemporaryFolder { folder in
            try "old".write(to: "\(folder)/faces.h5")
            do {
                let writer = try FuelWriter(UnfinishedFile("\(folder)/faces.h5", replacing: true), plan)
                try writer.append(pixels: Array(0..<6), targets: [0, 0])
            }
            #expect(try names(in: folder) == ["faces.h5"])
            #expect(try String(contentsOfFile: "\(folder)/faces.h5", encoding: .utf8) == "old")
        }
    }

    @Test("a directory is not replaced, and nothing else is left")
    func taken() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/faces.h5/x", withIntermediateDirectories: true)
            do {
                let writer = try FuelWriter(UnfinishedFile("\(folder)/faces.h5", replacing: true), plan)
                try writer.append(pixels: Array(0..<24), targets: Array(repeating: 0, count: 8))
                #expect(throws: FileExists.self) { try writer.finish() }
            }
            #expect(try names(in: folder) == ["faces.h5"])
        }
    }

    @Test func aSplitOfAnotherNameIsJudgedWhereThereIsNoUsualOne() throws {
        try withTemporaryFolder { folder in
            let plan = FuelWriter.Plan(
                shape: ImageShape(channels: 1, height: 2, width: 2), splits: [FuelWriter.Split("extra", count: 3)])
            let writer = try FuelWriter(UnfinishedFile("\(folder)/a.h5"), plan)
            try writer.append(pixels: (0..<12).map { UInt8($0 * 20) })
            try writer.finish()
            let dataset = try ImageDataset("\(folder)/a.h5")
            #expect(try dataset.choice(judging: nil).heldOut?.name == "extra")
            #expect(throws: DataError.self) { try dataset.choice() }
        }
    }
}
