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
