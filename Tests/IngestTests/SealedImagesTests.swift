import Files
import Foundation
import Pictures
import Storage
import Testing

@testable import Ingest

@Suite("Files that change, and files that are written again")
struct SealedImagesTests {
    private let bytes = (0..<20 * 48).map { UInt8($0 * 37 % 256) }

    private func withFile(_ layout: Layout, _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            do {
                let root = try File.create(over: "\(folder)/a.h5").root
                try root.write("images", bytes, shape: [20, 3, 4, 4], layout: layout)
                try root.write("labels", (0..<20).map { Int32($0 % 2 * 2 - 1) }, shape: [20])
            }
            try body("\(folder)/a.h5")
        }
    }

    /// Writes over one byte of the images where they lie, and gives the file its old time again, as a careless copy does.
    private func change(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
        let content = try [UInt8](Data(contentsOf: url))
        let start = try #require(content.indices.first { content[$0...].starts(with: bytes[..<48]) })
        let file = try FileHandle(forUpdating: url)
        try file.seek(toOffset: UInt64(start + 5 * 48))
        try file.write(contentsOf: Data([content[start + 5 * 48] ^ 1]))
        try file.close()
        try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: path)
    }

    @Test("an image that is another than when the fingerprint was taken never leaves")
    func changed() throws {
        try withFile(.contiguous) { path in
            let dataset = try ImageDataset(path)
            let choice = try dataset.choice()
            let sealed = try SealedImages(dataset, choice)
            #expect(sealed.fingerprint == (try dataset.fingerprint(split: "train")))
            let before = try sealed.pixels(rows: choice.train.rows)
            try change(path)
            let error = #expect(throws: (any Error).self) { try sealed.pixels(rows: Array(0..<20)) }
            #expect("\(error!)".contains("was changed while it was being read"), "\(error!)")
            #expect(before.count == 18 * 48)
        }
    }

    @Test("what was unpacked is a copy that no change reaches")
    func unpacked() throws {
        try withFile(.chunked([7, 3, 2, 4], gzip: 1)) { path in
            let dataset = try ImageDataset(path)
            let sealed = try SealedImages(dataset, dataset.choice())
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.truncate(atOffset: 100)
            #expect(try sealed.pixels(rows: Array(0..<20)) == bytes)
        }
    }

    @Test("a converted file has the same images in the same splits, and labels as bytes")
    func conversion() throws {
        for layout in [Layout.contiguous, .chunked([7, 3, 2, 4], gzip: 1)] {
            try withFile(layout) { path in
                let dataset = try ImageDataset(path)
                let out = path.replacing("a.h5", with: "b.h5")
                let report = try DatasetConversion(dataset).write(to: UnfinishedFile(out)) { _ in }
                let converted = try ImageDataset(out)
                for split in ["train", "valid"] {
                    #expect(try converted.fingerprint(split: split) == dataset.fingerprint(split: split))
                }
                let rows = try dataset.rows(ofSplit: "train") + dataset.rows(ofSplit: "valid")
                #expect(try converted.targetValues() == rows.map { Double($0 % 2) })
                #expect(report.count == 20 && report.notes.isEmpty)
                #expect(try DatasetSummary(of: converted).labels.map(\.count) == [10, 10])
            }
        }
    }

    @Test(
        "labels of a converted file stay, also where some are missing or large",
        arguments: [
            ([-1, 0, 7, 3], [-1, 0, 7, 3], []), ([0, 1_000, 2, -1], [0, 1_000, 2, -1], []),
            ([-1, -1, -1, -1], [-1, -1, -1, -1], []),
            ([.nan, 1, -1, .nan], [-1, 1, -1, -1], ["labels that are missing (2 of 4) are -1"]),
            ([0.5, 0, 1, 2], [], ["labels are left out: one is 0.5, and only whole numbers of 32 bits are kept"]),
            (
                [0, 0, 0, 4e9], [],
                ["labels are left out: one is 4000000000.0, and only whole numbers of 32 bits are kept"]
            ),
        ] as [([Double], [Double], [String])])
    func convertedLabels(labels: [Double], kept: [Double], notes: [String]) throws {
        try convert {
            _ = try $0.write("labels", labels, shape: [4])
        } check: { dataset, converted, report in
            let rows = try dataset.rows(ofSplit: "train") + dataset.rows(ofSplit: "valid")
            let found = try converted.targetValues()
            #expect(found == (kept.isEmpty ? [] : rows.map { kept[$0] }) && report.notes == notes)
        }
    }

    @Test("blank texts are no class")
    func blankTexts() throws {
        try convert {
            _ = try $0.write("labels", ["dog", "", "cat", "N/A"], shape: [4])
        } check: { dataset, converted, report in
            #expect(dataset.targets?.classNames == ["cat", "dog"] && converted.targets?.classNames == ["cat", "dog"])
            let (names, labels) = (try dataset.labelCounts().map(\.name), try converted.targetValues().sorted())
            #expect(names == ["missing", "cat", "dog"] && labels == [-1, -1, 0, 1])
            let blank = "2 of 4 labels are blank, and count as missing"
            #expect(dataset.notes == [blank])
            #expect(report.notes == [blank, "labels that are missing (2 of 4) are -1"])
        }
    }

    /// Converts a file of four images with labels.
    private func convert(
        _ write: (Group) throws -> Void, check: (ImageDataset, ImageDataset, ImportReport) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            do {
                let root = try File.create(over: "\(folder)/a.h5").root
                try root.write("images", Array(bytes[..<(4 * 48)]), shape: [4, 3, 4, 4])
                try write(root)
            }
            let dataset = try ImageDataset("\(folder)/a.h5")
            let report = try DatasetConversion(dataset).write(to: UnfinishedFile("\(folder)/b.h5")) { _ in }
            try check(dataset, ImageDataset("\(folder)/b.h5"), report)
        }
    }

    @Test("a contact sheet shows examples of the whole file")
    func sheet() throws {
        try withFile(.contiguous) { path in
            let sheet = try ImageDataset(path).contactSheet(count: 10)
            #expect(sheet.width == 8 * 6 + 2 && sheet.height == 2 * 6 + 2)
            // The second tile is image 2, whose first value is that of its red plane.
            #expect(sheet[8, 2, 0] == bytes[2 * 48] && sheet[8, 2, 1] == bytes[2 * 48 + 16])
        }
    }
}

@Suite("Files that other people made", .enabled(if: RealData.isThere, "the folder of real data is not here"))
struct OtherPeoplesFilesTests {
    @Test("every HDF5 file of the real data trains, or says why not")
    func all() throws {
        var choices: [String: String] = [:]
        for folder in ["h5_layouts", "h5_wild"] {
            for name in try names(in: "\(RealData.folder)/\(folder)") {
                do {
                    let dataset = try ImageDataset("\(RealData.folder)/\(folder)/\(name)")
                    let choice = try dataset.choice()
                    let sealed = try SealedImages(dataset, choice)
                    #expect(try Set(sealed.pixels(rows: Array(choice.train.rows.prefix(3)))).count > 50)
                    choices[name] =
                        "\(choice.train.rows.count) \(choice.heldOut?.name ?? "-") \(dataset.targets?.columnCount ?? 0)"
                } catch {
                    choices[name] = "\(error)"
                }
            }
        }
        let refused = "\(RealData.folder)/h5_wild/test_catvnoncat.h5 has no split to train on, only test: "
        #expect(
            choices == [
                "fuel_celeba_64.hdf5": "160 valid 40", "fuel_mnist.hdf5": "800 test 1",
                "biggan_imgs_labels.hdf5": "144 valid 1", "biggan_imgs_labels_lzf.hdf5": "54 valid 1",
                "nhwc_images_labels.h5": "135 valid 40", "pggan_multires.h5": "90 valid 0",
                "train_catvnoncat.h5": "189 valid 1",
                "test_catvnoncat.h5": refused + "name one with --train-split to train on it all the same",
            ])
    }
}
