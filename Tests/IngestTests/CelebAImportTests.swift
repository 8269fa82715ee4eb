import Files
import Foundation
import Ingest
import Pictures
import Testing

@Suite("Importing CelebA")
struct CelebAImportTests {
    private let attributes = "3\r\nSmiling Eyeglasses \r\n000001.jpg  1 -1\r\n000002.jpg -1 -1\r\n000003.jpg -1  1\r\n"
    private let partition = "000001.jpg 2\r\n000002.jpg 0\r\n000003.jpg 1\r\n000004.jpg 0\r\n"

    /// A folder in the official layout with two of three images, in `images` below it.
    private func write(_ folder: String, images: String = "img_align_celeba", image: [UInt8] = alignedImage) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(images)", withIntermediateDirectories: true)
        try image.write(to: "\(folder)/\(images)/000001.jpg")
        try alignedImage.write(to: "\(folder)/\(images)/000003.jpg")
        try attributes.write(to: "\(folder)/list_attr_celeba.txt")
        try partition.write(to: "\(folder)/list_eval_partition.txt")
    }

    @Test("images, attributes and splits are matched by file name")
    func matching() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            var steps: [ImportStage] = []
            let report = try celeba(folder, size: 16) { steps.append($0) }.write(to: UnfinishedFile("\(folder)/a.h5"))
            #expect(steps == [.written(2, of: 2)])
            #expect(report.notes == [])
            let dataset = try ImageDataset("\(folder)/a.h5")
            // Validation comes before test, so image 3 before image 1.
            #expect(dataset.splits.map { "\($0.name) \($0.rows)" } == ["valid [0]", "test [1]"])
            let targets = try dataset.targetValues()
            #expect(targets == [0, 1, 1, 0])
            #expect(dataset.targets?.names == ["Smiling", "Eyeglasses"])
            let summary = try DatasetSummary(of: dataset)
            #expect(summary.attributes["crop"] == "center-148")
            #expect(dataset.shape == ImageShape(channels: 3, height: 16, width: 16))
            let pixels = try dataset.pixels(rows: 0..<1)
            #expect(Set(pixels[..<256]) == [198] && Set(pixels[256..<512]) == [101])
        }
    }

    @Test("Kaggle's tables, LF, zeros for -1 and the doubled folder give the same file")
    func variants() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            let official = try fingerprint(folder, to: "\(folder)/a.h5")
            let kaggle = "\(folder)/kaggle"
            try write(kaggle, images: "img_align_celeba/img_align_celeba")
            for name in ["list_attr_celeba.txt", "list_eval_partition.txt"] {
                try FileManager.default.removeItem(atPath: "\(kaggle)/\(name)")
            }
            try "image_id,Smiling,Eyeglasses\n000003.jpg,0,1\n000001.jpg,1,0".write(
                to: "\(kaggle)/list_attr_celeba.csv")
            try "image_id,partition\n000001.jpg,2\n000003.jpg,1\n".write(to: "\(kaggle)/list_eval_partition.csv")
            let other = try fingerprint(kaggle, to: "\(folder)/b.h5")
            #expect(official == other)
        }
    }

    @Test(
        "lists are read however they were saved",
        arguments: [
            "\u{FEFF}image_id,Smiling,Eyeglasses\r\n000001.jpg,1,-1\r\n000003.jpg,-1,1\r\n",
            ",image_id,Smiling,Eyeglasses\n0,000001.jpg,1,-1\n2,000003.jpg,-1,1\n",
            "\"image_id\";\"Smiling\";\"Eyeglasses\"\n\"000001.jpg\";\"1\";\"-1\"\n\"000003.jpg\";\"-1\";\"1\"\n",
            "image_id,Smiling,Eyeglasses\n000001.jpg,1.0,-1.0\n000003.jpg,-1.0,1.0\n",
            "image_id\tSmiling\tEyeglasses\n000001.png\t1\t0\n000003.png\t0\t1\n",
        ])
    func lists(text: String) throws {
        try withTemporaryFolder { folder in
            try write(folder)
            try FileManager.default.removeItem(atPath: "\(folder)/list_attr_celeba.txt")
            try text.write(to: "\(folder)/list_attr_celeba.csv")
            _ = try celeba(folder, size: 8).write(to: UnfinishedFile("\(folder)/a.h5"))
            let dataset = try ImageDataset("\(folder)/a.h5")
            #expect(dataset.targets?.names == ["Smiling", "Eyeglasses"])
            #expect(try dataset.targetValues() == [0, 1, 1, 0])
        }
    }

    @Test("images may be PNG or .JPG where the lists say .jpg, and a name in two folders is refused")
    func otherNames() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            let images = "\(folder)/img_align_celeba"
            try FileManager.default.removeItem(atPath: "\(images)/000001.jpg")
            try FileManager.default.moveItem(atPath: "\(images)/000003.jpg", toPath: "\(images)/000003.JPG")
            try PNG.encode(Image(width: 178, height: 218, color: [198, 101, 50])).write(to: "\(images)/000001.png")
            let found = try ImageImport(folder)
            #expect(found.sentence == "\(folder)/ is CelebA")
            let report = try found.write(to: UnfinishedFile("\(folder)/a.h5"))
            #expect(report.splits.map { "\($0.name) \($0.count)" } == ["valid 1", "test 1"])
            try FileManager.default.createDirectory(atPath: "\(images)/more", withIntermediateDirectories: false)
            try alignedImage.write(to: "\(images)/more/000003.JPG")
            let error = #expect(throws: DataError.self) {
                try celeba(folder).write(to: UnfinishedFile("\(folder)/b.h5"))
            }
            #expect(error?.description.contains("has 000003.JPG twice") == true)
        }
    }

    private func fingerprint(_ source: String, to path: String) throws -> [String] {
        _ = try celeba(source, size: 8).write(to: UnfinishedFile(path))
        let dataset = try ImageDataset(path)
        return try ["\(dataset.targetValues())", "\(dataset.fingerprint(split: "valid"))"]
            + ["\(dataset.fingerprint(split: "test"))"]
    }

    @Test("without tables the official bounds are used, and the report says so")
    func withoutTables() throws {
        try withTemporaryFolder { folder in
            try write(folder)
            try FileManager.default.removeItem(atPath: "\(folder)/list_attr_celeba.txt")
            try FileManager.default.removeItem(atPath: "\(folder)/list_eval_partition.txt")
            try alignedImage.write(to: "\(folder)/img_align_celeba/182638.jpg")
            let report = try celeba("\(folder)/img_align_celeba", size: 8).write(
                to: UnfinishedFile("\(folder)/a.h5"))
            #expect(report.splits.map { "\($0.name) \($0.count)" } == ["train 2", "test 1"])
            #expect(report.notes.count == 2)
            #expect(report.targetNames == [])
        }
    }

    @Test("a bad image or table is one sentence with its name, and nothing is left")
    func refusals() throws {
        let cases: [((String) throws -> Void, String)] = [
            ({ try write($0, image: Array(alignedImage.dropLast(200))) }, "img_align_celeba/000001.jpg"),
            ({ try write($0, image: smallImage) }, "000001.jpg is 10 × 12"),
            (
                {
                    try write($0); try "image_id,Smiling\n000003.jpg,1\n".write(to: "\($0)/list_attr_celeba.txt")
                },
                "has no row for 000001.jpg"
            ),
            (
                {
                    try write($0); try "A B\n000001.jpg 1 x\n".write(to: "\($0)/list_attr_celeba.txt")
                },
                "line 2 of"
            ),
            (
                {
                    try write($0); try "A B\n000001.jpg 1\n000003.jpg 1 1\n".write(to: "\($0)/list_attr_celeba.txt")
                },
                "has 1 numbers for 000001.jpg and 2 columns"
            ),
            (
                {
                    try write($0); try "000001.jpg 3\n000003.jpg 1\n".write(to: "\($0)/list_eval_partition.txt")
                },
                "has a partition other than 0, 1 and 2"
            ),
            (
                { try "<html>Quota exceeded</html>".write(to: "\($0)/img_align_celeba.zip") },
                "is not a whole zip archive"
            ),
            (
                {
                    try FileManager.default.createDirectory(
                        atPath: "\($0)/img_align_celeba", withIntermediateDirectories: true)
                },
                "holds no .jpg files"
            ),
            ({ _ in }, "has neither img_align_celeba.zip nor the folder img_align_celeba"),
        ]
        for (write, problem) in cases {
            try withTemporaryFolder { folder in
                try write(folder)
                let before = try names(in: folder)
                let error = #expect(throws: (any Error).self) {
                    try celeba(folder).write(to: UnfinishedFile("\(folder)/a.h5"))
                }
                #expect(error.map { "\($0)".contains(problem) } == true, "\(error.map { "\($0)" } ?? "no error")")
                #expect(try names(in: folder) == before)
            }
        }
    }

    @Test("every crop is a square of the size asked for", arguments: CelebACrop.all.map(\.name))
    func crops(name: String) throws {
        let crop = try #require(CelebACrop(named: name))
        try withTemporaryFolder { folder in
            try write(folder)
            let report = try celeba(folder, crop: crop, size: 24).write(
                to: UnfinishedFile("\(folder)/a.h5"))
            #expect(report.shape == ImageShape(channels: 3, height: 24, width: 24))
        }
    }

    @Test(
        "real images cropped as Fuel does equal those that Pillow and h5py made",
        .enabled(if: RealData.isThere, "the folder of real data is not here"))
    func real() throws {
        try withTemporaryFolder { folder in
            let crop = try #require(CelebACrop(named: "fuel"))
            let report = try celeba("\(RealData.folder)/celeba", crop: crop).write(
                to: UnfinishedFile("\(folder)/a.h5"))
            #expect(report.splits.map { "\($0.name) \($0.count)" } == ["train 4320", "valid 600", "test 480"])
            let ours = try ImageDataset("\(folder)/a.h5")
            let theirs = try ImageDataset("\(RealData.folder)/h5_layouts/fuel_celeba_64.hdf5")
            // Theirs holds every seventh image of each split, in the same order.
            for split in ["train", "valid", "test"] {
                let rows = try theirs.rows(ofSplit: split)
                let all = try ours.rows(ofSplit: split)
                let mine = try ours.pixels(rows: rows.indices.map { all[7 * $0] })
                let same = try mine == theirs.pixels(rows: rows)
                #expect(same, "\(split) differs")
            }
        }
    }
}

/// CelebA from a folder, to be imported.
private func celeba(
    _ source: String, crop: CelebACrop = .standard, size: Int = 64, _ progress: @escaping ImportProgress = { _ in }
) throws -> ImageImport {
    var options = ImportOptions()
    options.crop = .celeba(crop)
    options.size = PictureSize(width: size, height: size)
    return try ImageImport(source, as: "celeba", options: options, progress: progress)
}

/// A JPEG of 178 × 218 pixels of one colour, (198, 101, 50).
private let alignedImage = Array(
    Data(
        base64Encoded: """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i\
            Z2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj\
            Y2NjY2NjY2P/wAARCADaALIDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QA\
            FQEBAQAAAAAAAAAAAAAAAAAAAAX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCQEtZAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAf/Z
            """) ?? Data())

/// A JPEG of 10 × 12 pixels.
private let smallImage = Array(
    Data(
        base64Encoded: """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i\
            Z2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj\
            Y2NjY2NjY2P/wAARCAAMAAoDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QA\
            FAEBAAAAAAAAAAAAAAAAAAAABf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AJAFmX//2Q==
            """) ?? Data())
