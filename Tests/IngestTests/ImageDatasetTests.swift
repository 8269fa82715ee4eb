import Foundation
import Hashing
import Storage
import Synchronization
import Testing

@testable import Ingest

@Suite("Reading image datasets")
struct ImageDatasetTests {
    /// Two images of 3 × 4 × 5 in the order (N, C, H, W), and the same in (N, H, W, C).
    private let planar = (0..<120).map { UInt8($0 * 2) }
    private var interleaved: [UInt8] {
        (0..<120).map { (index: Int) -> UInt8 in
            let (image, pixel, channel) = (index / 60, index % 60 / 3, index % 3)
            return planar[image * 60 + channel * 20 + pixel]
        }
    }

    private func dataset(_ write: (Group) throws -> Void, _ check: (ImageDataset) throws -> Void) throws {
        try withTemporaryFolder { folder in
            do { try write(File.create(over: "\(folder)/a.h5").root) }  // closed before it is read
            try check(ImageDataset("\(folder)/a.h5"))
        }
    }

    @Test("bytes come out channels first from every order, type and layout")
    func sameImages() throws {
        let writers: [(Group) throws -> Void] = [
            { try $0.write("features", planar, shape: [2, 3, 4, 5]) },
            { try $0.write("images", interleaved, shape: [2, 4, 5, 3]) },
            { try $0.write("imgs", planar, shape: [2, 3, 4, 5], layout: .chunked([2, 1, 2, 2], gzip: 1)) },
            { try $0.write("data", interleaved.map { Float($0) / 255 }, shape: [2, 4, 5, 3]) },
            { try $0.write("x_train", interleaved.map { Double($0) }, shape: [2, 4, 5, 3]) },
            { try $0.write("data4x4", planar.map { Float($0) / 127.5 - 1 }, shape: [2, 3, 4, 5]) },
            { try $0.write("data", planar.map { Int32($0) }, shape: [2, 3, 4, 5]) },
        ]
        for write in writers {
            try dataset(write) { (dataset: ImageDataset) throws in
                #expect(dataset.count == 2)
                #expect(dataset.shape == ImageShape(channels: 3, height: 4, width: 5))
                #expect(try dataset.pixels(rows: 0..<2) == planar)
                #expect(try dataset.pixels(rows: [1, 0]) == Array(planar[60...]) + Array(planar[..<60]))
            }
        }
    }

    @Test("axis names decide where the shape could mean two things", arguments: ["axes", "DIMENSION_LABELS"])
    func axisNames(name: String) throws {
        try dataset({ root in
            let images = try root.write("images", Array(planar[..<54]), shape: [2, 3, 3, 3])
            try images.setAttribute(name, ["batch", "height", "width", "channel"])
        }) { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<1) == (0..<27).map { planar[$0 % 9 * 3 + $0 / 9] })
        }
    }

    @Test("axis names of variable lengths, as h5py writes them, decide as well")
    func variableLengths() throws {
        try dataset({ root in
            let images = try root.write("images", Array(planar[..<54]), shape: [2, 3, 3, 3])
            try images.setVariableLengthAttribute("DIMENSION_LABELS", ["batch", "height", "width", "channel"])
            try root.write("targets", [1, 0], shape: [2, 1]).setVariableLengthAttribute("names", ["Smiling"])
        }) { (dataset: ImageDataset) throws in
            #expect(try DatasetSummary(of: dataset).axes == "N, H, W, C (named in the file)")
            #expect(dataset.targets?.names == ["Smiling"])
            #expect(try dataset.pixels(rows: 0..<1) == (0..<27).map { planar[$0 % 9 * 3 + $0 / 9] })
        }
    }

    @Test(
        "many threads read the same as one, past the library and through it",
        arguments: [Layout.contiguous, .chunked([1, 1, 4, 4])])
    func threads(layout: Layout) throws {
        let images = (0..<3200).map { UInt8($0 / 16 % 251) }
        try dataset({ try $0.write("features", images, shape: [200, 1, 4, 4], layout: layout) }) {
            (dataset: ImageDataset) throws in
            let wrong = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 400) { index in
                let row = index * 7 % 200
                let pixels = try? dataset.pixels(rows: [row, 199 - row])
                let expected =
                    Array(images[row * 16..<row * 16 + 16]) + Array(images[(199 - row) * 16..<(200 - row) * 16])
                if pixels != expected { wrong.withLock { $0 += 1 } }
            }
            #expect(wrong.withLock { $0 } == 0)
        }
    }

    @Test("zeros and ones become black and white, also without a channel axis")
    func bits() throws {
        let bits = (0..<18).map { $0 % 2 == 0 }
        let bytes = bits.map { $0 ? 255 : 0 as UInt8 }
        try dataset({ try $0.write("images", bits, shape: [2, 3, 3]) }) { (dataset: ImageDataset) throws in
            #expect(dataset.shape == ImageShape(channels: 1, height: 3, width: 3))
            #expect(try dataset.pixels(rows: 0..<2) == bytes)
        }
        try dataset({ try $0.write("data", bits.map { $0 ? 1 : 0 as UInt8 }, shape: [2, 9]) }) {
            (dataset: ImageDataset) throws in
            #expect(dataset.shape == ImageShape(channels: 1, height: 3, width: 3))
            #expect(try dataset.pixels(rows: 0..<2) == bytes)
        }
    }

    @Test("training and test groups become splits with their targets")
    func groups() throws {
        try dataset({ root in
            try root.createGroup("train").write("data", Array(planar[..<60]), shape: [1, 3, 4, 5])
            try root.createGroup("test").write("data", Array(planar[60...]), shape: [1, 3, 4, 5])
            try root.write("train/target", [7 as Int32], shape: [1])
            try root.write("test/target", [9 as Int32], shape: [1])
        }) { (dataset: ImageDataset) throws in
            #expect(dataset.splits == [ImageSplit(name: "train", rows: [0]), ImageSplit(name: "test", rows: [1])])
            #expect(try dataset.pixels(rows: [1, 0, 1]) == Array(planar[60...]) + planar)
            #expect(try dataset.pixels(rows: 0..<2) == planar)
            #expect(try dataset.targetValues() == [7, 9])
        }
    }

    @Test("what splits that must be apart have in common is refused with the rows")
    func overlappingSplits() throws {
        let write = { (rows: [(String, Range<Int>)]) in
            { (root: Group) throws in
                try root.write("features", Array(repeating: 9 as UInt8, count: 360), shape: [40, 3, 3])
                try root.setSplits(rows.map { SplitEntry(split: $0, source: "features", rows: $1) })
            }
        }
        for (name, other, rows, text) in [
            ("train", "valid", (0..<30, 25..<40), "5 images in both train and valid (rows 25 to 29)"),
            ("train", "test", (0..<30, 29..<40), "1 image in both train and test (row 29)"),
            ("test", "valid", (10..<20, 0..<40), "10 images in both valid and test (rows 10 to 19)"),
        ] {
            let error = #expect(throws: DataError.self) {
                try dataset(write([(name, rows.0), (other, rows.1)])) { _ in }
            }
            #expect(error?.problem == "has \(text): an image of one must be in no other, so make the splits again")
        }
        let apart = write([("train", 0..<20), ("valid", 20..<30), ("test", 30..<40), ("train_valid", 0..<30)])
        try dataset(apart) { #expect($0.splits.count == 4) }
    }

    @Test("rows of several chunks and of two datasets come in the order in which they were asked for, time and again")
    func scatteredRows() throws {
        let images = (0..<900).map { UInt8($0 / 9) }
        let layout = Layout.chunked([7, 2, 3], gzip: 1)
        try dataset({ root in
            try root.write("x_train", images[..<540].map { Float($0) }, shape: [60, 3, 3], layout: layout)
            try root.write("x_test", images[540...].map { Float($0) }, shape: [40, 3, 3], layout: layout)
        }) { (dataset: ImageDataset) throws in
            for factor in [1, 7, 13, 39, 99] {
                let rows = (0..<100).map { $0 * factor % 100 }
                #expect(try dataset.pixels(rows: rows) == rows.flatMap { Array(images[$0 * 9..<$0 * 9 + 9]) })
            }
        }
    }

    @Test("a file without splits holds out a tenth, the same every time")
    func share() throws {
        let write: (Group) throws -> Void = {
            try $0.write("images", Array(repeating: 9 as UInt8, count: 360), shape: [40, 3, 3])
        }
        try dataset(write) { (first: ImageDataset) throws in
            #expect(first.splits.map(\.name) == ["train", "valid"])
            #expect(first.splits.map(\.rows.count) == [36, 4])
            #expect(first.splits.flatMap(\.rows).sorted() == Array(0..<40))
            #expect(try first.rows(ofSplit: "valid") != [0, 1, 2, 3])
            try dataset(write) { #expect($0.splits == first.splits) }
            let error = #expect(throws: DataError.self) { try first.rows(ofSplit: "test") }
            #expect(error?.problem == "has no split test, only train, valid")
        }
    }

    @Test("Fuel's splits may be ranges or lists of rows")
    func fuelSplits() throws {
        try dataset({ root in
            try root.write("features", planar, shape: [2, 3, 4, 5])
            try root.write("rows", [1], shape: [1])
            try root.setSplits([
                SplitEntry(split: "all", source: "features", rows: 0..<2),
                SplitEntry(split: "few", source: "features", rows: 0..<2, indices: "/rows"),
                SplitEntry(split: "none", source: "features", rows: 0..<0, available: false),
            ])
        }) { (dataset: ImageDataset) throws in
            #expect(dataset.splits == [ImageSplit(name: "all", rows: [0, 1]), ImageSplit(name: "few", rows: [1])])
        }
    }

    @Test("the fingerprint depends on pixels, shape and split, not on how they are stored")
    func fingerprint() throws {
        var digests: [SHA256Digest] = []
        var changed = planar
        changed[119] += 1
        let splits = [SplitEntry(split: "train", source: "features", rows: 0..<2)]
        let variants: [(Group) throws -> Void] = [
            { try $0.write("features", planar, shape: [2, 3, 4, 5]) },
            { try $0.write("features", interleaved, shape: [2, 4, 5, 3], layout: .chunked([1, 4, 5, 3])) },
            { try $0.write("features", changed, shape: [2, 3, 4, 5]) },
            { try $0.write("features", planar, shape: [2, 3, 5, 4]) },
        ]
        for write in variants {
            try dataset({
                try write($0); try $0.setSplits(splits)
            }) { digests.append(try $0.fingerprint(split: "train")) }
        }
        #expect(digests[0] == digests[1])
        #expect(Set(digests).count == 3)
    }

    @Test("a file that is not images says so in a sentence that ends with what to do")
    func refusals() throws {
        let cases: [((Group) throws -> Void, String)] = [
            ({ try $0.write("weights", [1 as Float], shape: [1]) }, "holds no images"),
            (
                {
                    try $0.write("images", planar, shape: [2, 3, 20]); try $0.write("data", planar, shape: [2, 3, 20])
                },
                "may hold its images in any of images, data"
            ),
            (
                { try $0.write("images", Array(planar[..<27]), shape: [1, 3, 3, 3]) },
                "could be channels first (--layout NCHW) or channels last (--layout NHWC): say which"
            ),
            ({ try $0.write("images", planar, shape: [2, 60]) }, "has shape [2, 60]"),
            (
                { try $0.write("images", planar.map { Float($0) * 9 }, shape: [2, 3, 4, 5]) },
                "say --range 0 2142"
            ),
            ({ try $0.write("features", [UInt8](), shape: [0, 3, 4, 5]) }, "has shape [0, 3, 4, 5]"),
            ({ try $0.write("images", ["a", "b", "c", "d"], shape: [1, 4]) }, "which is not"),
            (
                { root in
                    try root.write("features", planar, shape: [2, 3, 4, 5])
                    try root.setSplits([SplitEntry(split: "train", source: "features", rows: 0..<(1 << 50))])
                }, "with rows beyond its 2 images"
            ),
        ]
        for (write, problem) in cases {
            let error = #expect(throws: DataError.self) { try dataset(write) { _ in } }
            #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
        }
    }

    @Test("of a file of another format the sentence says what makes it one of images")
    func otherFormats() throws {
        try withTemporaryFolder { folder in
            try Data("PK".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.npz"))
            let error = #expect(throws: DataError.self) { try ImageDataset("\(folder)/a.npz") }
            let sentence = "\(folder)/a.npz is not an HDF5 file: `tributary data import` makes one of "
            #expect(error?.description == sentence + "pictures, arrays and tables")
        }
    }

    @Test("a summary survives JSON, and its text names everything")
    func summary() throws {
        try dataset({ root in
            try root.write("features", planar, shape: [2, 3, 4, 5]).setAttribute(
                "axes", ["batch", "channel", "height", "width"])
            try root.write("targets", [1, 0], shape: [2, 1]).setAttribute("names", ["Smiling"])
            try root.setAttribute("crop", "center-148")
            // Two names that are equal as texts, and a text that would look like a line of the summary.
            try root.setAttribute("caf\u{e9}", "one")
            try root.setAttribute("cafe\u{301}", "two")
            try root.setAttribute("source", "mine\r\nsplit        train: 9 images")
        }) { (dataset: ImageDataset) throws in
            let summary = try DatasetSummary(of: dataset)
            #expect(summary.description.contains("mine\r split        train: 9 images"))
            let json = try JSONEncoder().encode(summary)
            #expect(try JSONDecoder().decode(DatasetSummary.self, from: json) == summary)
            #expect(summary.values == DatasetSummary.Values(least: 0, greatest: 238, mean: 119))
            for text in ["2 of 3 × 4 × 5", "named in the file", "Smiling", "center-148", "train: 1 images", "0 to 238"]
            {
                #expect(summary.description.contains(text), "\(summary)")
            }
        }
    }
}

@Suite("Real image datasets", .enabled(if: RealData.isThere, "the folder of real data is not here"))
struct RealImageDatasetTests {
    @Test(
        "every layout that users have reads",
        arguments: [
            ("h5_layouts/fuel_celeba_64.hdf5", 240, "3 × 64 × 64", ["train 160", "valid 40", "test 40"]),
            ("h5_layouts/fuel_mnist.hdf5", 1000, "1 × 28 × 28", ["train 800", "test 200"]),
            ("h5_layouts/biggan_imgs_labels.hdf5", 160, "3 × 64 × 64", ["train 144", "valid 16"]),
            ("h5_layouts/nhwc_images_labels.h5", 150, "3 × 64 × 64", ["train 135", "valid 15"]),
            ("h5_layouts/pggan_multires.h5", 100, "3 × 64 × 64", ["train 90", "valid 10"]),
            ("h5_wild/train_catvnoncat.h5", 209, "3 × 64 × 64", ["train 189", "valid 20"]),
        ])
    func layouts(file: String, count: Int, shape: String, splits: [String]) throws {
        let dataset = try ImageDataset("\(RealData.folder)/\(file)")
        #expect(dataset.count == count)
        #expect(dataset.shape.description == shape)
        #expect(dataset.splits.map { "\($0.name) \($0.rows.count)" } == splits)
        let few = try dataset.pixels(rows: [count - 1, 0, count / 2])
        let singly = try [count - 1, 0, count / 2].flatMap { try dataset.pixels(rows: $0..<$0 + 1) }
        #expect(few == singly)
        #expect(Set(few).count > 50)
    }
}
