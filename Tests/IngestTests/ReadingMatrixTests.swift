import Foundation
import Pictures
import Storage
import Testing

@testable import Ingest

/// What people store and how, with the one right value of each: a file that is misread trains as well as any other.
@Suite("What a file means")
struct ReadingMatrixTests {
    private func read<Value>(
        _ options: ReadingOptions = ReadingOptions(), _ write: (Group) throws -> Void,
        _ check: (ImageDataset) throws -> Value
    ) throws -> Value {
        try withTemporaryFolder { folder in
            do { try write(File.create(over: "\(folder)/a.h5").root) }
            return try check(ImageDataset("\(folder)/a.h5", options))
        }
    }

    private func problem(_ options: ReadingOptions = ReadingOptions(), _ write: (Group) throws -> Void) -> String {
        do {
            return try read(options, write) {
                _ = try $0.choice(); return "read as \($0.sentence)"
            }
        } catch {
            return "\(error)"
        }
    }

    // MARK: - Scale

    /// 20 images of 4 × 4, of all bytes.
    private let bytes = (0..<320).map { UInt8($0 * 37 % 256) }
    private var units: [Float] { bytes.map { Float($0) / 255 } }

    private func images(_ values: [Float]) -> (Group) throws -> Void {
        { try $0.write("images", values, shape: [20, 4, 4]) }
    }

    @Test("values within a known range become the bytes that they were, and stray ones are clipped, counted and said")
    func knownScales() throws {
        var above = units
        above[7] = 1.003
        var below = units
        below[7] = -0.003
        var ulp = units
        ulp[7] = 1.000_976_6  // the float16 after 1
        var hot = bytes.map { Float($0) }
        hot[7] = 256.2
        for (values, position, note) in [
            (units, UInt8?.none, ""),
            (above, 255, "1 value of 320 beyond 0 to 1 (the least 0, the greatest 1.003) is clipped"),
            (below, 0, "1 value of 320 beyond 0 to 1"), (ulp, 255, "the greatest 1.001"),
            (bytes.map { Float($0) }, nil, ""), (hot, 255, "1 value of 320 beyond 0 to 255"),
            (bytes.map { Float($0) / 127.5 - 1 }, nil, ""),
        ] {
            try read(ReadingOptions(), images(values)) { (dataset: ImageDataset) throws in
                var expected = bytes
                if let position { expected[7] = position }
                #expect(try dataset.pixels(rows: 0..<20) == expected)
                #expect(dataset.notes.count == (note.isEmpty ? 0 : 1))
                #expect(dataset.notes.first.map { $0.contains(note) } ?? note.isEmpty, "\(dataset.notes)")
            }
        }
    }

    @Test("values of no known range are refused with the numbers that undo it, and --range takes them")
    func unknownScales() throws {
        let mean = units.reduce(0, +) / 320
        for (values, range, text) in [
            (units.map { $0 - 0.5 }, -0.5...0.5, "say --range -0.5 0.5"),
            (units.map { $0 - mean }, Double(-mean)...Double(1 - mean), "if a mean was taken away"),
            (units.map { $0 * 2.55 }, 0...2.55, "say --range 0 2.55"),
            (units.map { $0 * 2 }, 0...2, "say --range 0 2"),
            (units.map { ($0 - 0.5) / 0.25 }, -2...2, "say --range -2 2"),
            (bytes.map { Float($0) * 257 }, 0...65535, "say --range 0 65535"),
        ] {
            let refusal = problem(ReadingOptions(), images(values))
            #expect(refusal.contains(text) && refusal.contains("known are"), "\(refusal)")
            try read(ReadingOptions(range: range), images(values)) { (dataset: ImageDataset) throws in
                let pixels = try dataset.pixels(rows: 0..<20)
                #expect(zip(pixels, bytes).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            }
        }
        let wide = problem { try $0.write("images", bytes.map { Int32($0) * 257 }, shape: [20, 4, 4]) }
        #expect(wide.contains("say --range 0 65535"), "\(wide)")
        let signed = problem { try $0.write("images", bytes.map { Int32($0) - 128 }, shape: [20, 4, 4]) }
        #expect(signed.contains("say --range -128 127"), "\(signed)")
        var broken = units
        broken[3] = .nan
        #expect(problem(ReadingOptions(), images(broken)).contains("holds nan, which is not a brightness"))
    }

    @Test("a range that cuts off more than outliers is refused with the one that does not")
    func wrongRange() throws {
        let refusal = problem(ReadingOptions(range: 0...1)) { try $0.write("images", bytes, shape: [20, 4, 4]) }
        #expect(refusal.contains("99 of 100 lie beyond --range 0 1, all of which would become black or white"))
        #expect(refusal.contains("such as --range 0 255, or leave --range out"), "\(refusal)")
        var outlier = units
        outlier[3] = 40
        try read(ReadingOptions(range: 0...1), images(outlier)) { (dataset: ImageDataset) throws in
            #expect(dataset.notes == ["1 value of 320 beyond 0 to 1 (the least 0, the greatest 40) is clipped"])
        }
        // 1 is 1.003, over and over: that is rounding.
        try read(ReadingOptions(range: 0...1), images(units.map { $0 * 1.003 })) { (dataset: ImageDataset) throws in
            #expect(dataset.count == 20)
        }
    }

    @Test("wide and fractional numbers that are dark were scaled by somebody")
    func darkAndWide() throws {
        func expectRefused<Value: Storage.Element>(_ values: [Value], _ text: String) {
            let refusal = problem { try $0.write("images", values, shape: [20, 4, 4]) }
            #expect(refusal.contains(text), "\(refusal)")
        }
        expectRefused(bytes.map { Int32($0 / 16) }, "say --range 0 15")
        expectRefused(bytes.map { Float($0 / 16) }, "say --range 0 15")
        expectRefused(bytes.map { Float($0) / 2550 }, "say --range 0 0.1")
        expectRefused(bytes.map { Int32($0) * 16 }, "say --range 0 4080")
        expectRefused([Float](repeating: 5, count: 320), "holds only the number 5")
        func expectKnown<Value: Storage.Element>(_ values: [Value]) throws {
            let pixels = try read {
                try $0.write("images", values, shape: [20, 4, 4])
            } _: { (dataset: ImageDataset) throws in
                try dataset.pixels(rows: 0..<20)
            }
            #expect(pixels == bytes)
        }
        try expectKnown(bytes.map { Float($0) / 256 })
    }

    @Test("zeros and ones stay zeros and ones beside one stray 2, and dark bytes are said to be dark")
    func strayBytes() throws {
        var bits = (0..<4000).map { UInt8($0 % 3 == 0 ? 1 : 0) }
        bits[5] = 2
        try read {
            try $0.write("images", bits, shape: [10, 20, 20])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<10) == bits.map { $0 == 0 ? 0 : 255 })
            #expect(dataset.notes == ["1 value of 4000 beyond 0 to 1 (the least 0, the greatest 2) is clipped"])
        }
        let dark = (0..<4000).map { UInt8($0 % 17) }
        try read {
            try $0.write("images", dark, shape: [10, 20, 20])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<10) == dark)
            #expect(dataset.notes.first?.contains("say --range 0 16") == true)
        }
        try read(ReadingOptions(range: 0...16)) {
            try $0.write("images", dark, shape: [10, 20, 20])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<10) == dark.map { UInt8((Double($0) * 255 / 16).rounded()) })
        }
    }

    @Test("one scale is chosen for all datasets of one set of images, and unlike ones are refused")
    func severalParts() throws {
        // Alone the test images would be zeros and ones, or begin at 0.
        let few = [Float](repeating: 0, count: 16) + [Float](repeating: 1, count: 16)
        try read {
            try $0.write("x_train", bytes.map { Float($0) }, shape: [20, 4, 4])
            try $0.write("x_test", few, shape: [2, 4, 4])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 20..<22) == few.map { UInt8($0) })
        }
        let refusal = problem {
            try $0.write("x_train", bytes.map { Float($0) }, shape: [20, 4, 4])
            try $0.write("x_test", units, shape: [20, 4, 4])
        }
        #expect(
            refusal.contains(
                "holds values from 0 to 1 in x_test but from 0 to 255 in x_train, so they were scaled differently"))
        try read {
            try $0.write("x_train", bytes, shape: [20, 4, 4])
            try $0.write("x_test", units, shape: [20, 4, 4])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<40) == bytes + bytes, "bytes and floats each mean what they say")
        }
    }

    // MARK: - Axes

    /// Five images of 3 × 10 × 12 in the order (N, C, H, W).
    private let planar = (0..<5 * 360).map { UInt8($0 * 31 % 251) }

    /// The same with the axes in another order.
    private func turned(_ order: String) -> (values: [UInt8], shape: [Int]) {
        let extents: [Character: Int] = ["N": 5, "C": 3, "H": 10, "W": 12]
        let strides: [Character: Int] = ["N": 360, "C": 120, "H": 12, "W": 1]
        var places = [0]
        for axis in order {
            places = places.flatMap { place in (0..<extents[axis]!).map { place + $0 * strides[axis]! } }
        }
        return (places.map { planar[$0] }, order.map { extents[$0]! })
    }

    @Test(
        "every order of axes that is said is read, also in chunks",
        arguments: ["NCHW", "NHWC", "NCWH", "NWHC", "HWCN", "CHWN", "WHCN", "HNWC"])
    func layouts(order: String) throws {
        let (values, shape) = turned(order)
        for layout in [Layout.contiguous, .chunked([2, 3, 2, 5], gzip: 1), .chunked([5, 1, 4, 2], shuffle: true)] {
            try read(ReadingOptions(layout: AxisLayout(order))) {
                var layout = layout
                layout.chunk = layout.chunk.map { zip($0, shape).map { min($0, $1) } }
                try $0.write("images", values, shape: shape, layout: layout)
            } _: { (dataset: ImageDataset) throws in
                #expect(dataset.shape == ImageShape(channels: 3, height: 10, width: 12))
                #expect(try dataset.pixels(rows: 0..<5) == planar)
                #expect(try dataset.pixels(rows: [4, 1]) == Array(planar[1440...]) + Array(planar[360..<720]))
            }
        }
    }

    @Test("MATLAB's axes are turned back, in four, three and two dimensions")
    func matlab() throws {
        let cases: [([UInt8], [Int], [UInt8])] = [
            (turned("NCWH").values, [5, 3, 12, 10], planar),
            (turned("CWHN").values, [3, 12, 10, 5], planar),
            ((0..<120).map { planar[$0 % 10 * 12 + $0 / 10] }, [1, 12, 10], Array(planar[..<120])),
            ((0..<200).map { planar[$0 / 100 * 100 + $0 % 10 * 10 + $0 / 10 % 10] }, [2, 100], Array(planar[..<200])),
        ]
        for (values, shape, expected) in cases {
            try read {
                try $0.write("X", values, shape: shape).setAttribute("MATLAB_class", "uint8")
            } _: { (dataset: ImageDataset) throws in
                #expect(try dataset.pixels(rows: 0..<dataset.count) == expected)
                #expect(dataset.sentence.contains("as MATLAB wrote it"))
            }
        }
    }

    @Test("rows of numbers are images of the size that is said, or of the only one that fits")
    func flat() throws {
        let many = (0..<10 * 784).map { UInt8($0 % 250) }
        for (shape, layout, size) in [
            ([10, 784], nil, "1 × 28 × 28"), ([10, 784], "flat:14x56", "1 × 14 × 56"), ([784, 10], nil, "1 × 28 × 28"),
        ] {
            let transposed = shape[0] == 784 ? (0..<7840).map { many[$0 % 10 * 784 + $0 / 10] } : many
            try read(ReadingOptions(layout: layout.flatMap { AxisLayout($0) })) {
                try $0.write("x_train", transposed, shape: shape)
            } _: { (dataset: ImageDataset) throws in
                #expect(dataset.shape.description == size)
                #expect(try dataset.pixels(rows: 0..<10) == many)
            }
        }
        let (interleaved, _) = turned("NHWC")
        try read(ReadingOptions(layout: AxisLayout("flat:10x12x3"))) {
            try $0.write("images", interleaved, shape: [5, 360])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<5) == planar)
        }
        try read(ReadingOptions(layout: AxisLayout("flat:3x10x12"))) {
            try $0.write("images", planar, shape: [5, 360])
        } _: { (dataset: ImageDataset) throws in
            #expect(try dataset.pixels(rows: 0..<5) == planar)
        }
    }

    @Test("a shape of two readings is refused with both and what decides")
    func ambiguousShapes() throws {
        let zeros = { (shape: [Int]) in
            { (root: Group) throws in
                _ = try root.write("images", [UInt8](repeating: 200, count: shape.reduce(1, *)), shape: shape)
            }
        }
        for (shape, texts) in [
            ([784, 10000], ["784 grey images of 100 × 100", "10000 grey images of 28 × 28"]),
            ([64, 64, 3], ["64 grey images of 64 × 3 (--layout NHW)", "one colour picture of 64 × 64"]),
            ([3, 64, 64], ["3 grey images", "one colour picture"]),
            ([2, 3, 3, 3], ["--layout NCHW", "--layout NHWC"]), ([28, 28, 500], ["--layout NHW", "--layout HWN"]),
            ([10, 12288], ["--layout flat:64x64x3", "--layout flat:3x64x64"]),
            ([10, 560], ["say how they lie with --layout, such as flat:28x20"]),
        ] {
            let refusal = problem(ReadingOptions(), zeros(shape))
            #expect(texts.allSatisfy(refusal.contains), "\(shape): \(refusal)")
        }
        #expect(problem(ReadingOptions(layout: AxisLayout("NHWC")), zeros([10, 28, 28])).contains("NHWC names 4 axes"))
        for text in ["NHW", "nhwc", "flat:28x20", "flat:3x32x32", "HWCN"] { #expect(AxisLayout(text) != nil) }
        for text in ["", "HWC", "NHHW", "NHWCX", "flat:", "flat:28", "flat:0x9", "flat:2x2x2x2", "N H W"] {
            #expect(AxisLayout(text) == nil, "\(text)")
        }
    }

    // MARK: - Never written

    @Test("images that were never written are refused with their number, and left out when told")
    func neverWritten() throws {
        let write = { (root: Group) throws in
            let images = try root.createDataset(
                "images", of: UInt8.self, shape: [20, 4, 4], layout: .chunked([4, 2, 4], gzip: 1))
            try images.write(Array(bytes[..<128]), rows: 0..<8)
            try images.write(Array(bytes[192...255]), rows: 12..<16)
        }
        let refusal = problem(ReadingOptions(), write)
        #expect(
            refusal.contains(
                "images: 4 of 10 chunks were never written, which leaves 8 of 20 images black or torn (rows 8 to 19)"))
        try read(ReadingOptions(onlyWritten: true), write) { (dataset: ImageDataset) throws in
            let rows = dataset.splits.flatMap(\.rows).sorted()
            #expect(rows == Array(0..<8) + Array(12..<16))
            #expect(try dataset.pixels(rows: rows) == rows.flatMap { bytes[$0 * 16..<$0 * 16 + 16] })
            #expect(dataset.notes.count == 1)
        }
        let nothing = problem { _ = try $0.createDataset("images", of: UInt8.self, shape: [20, 4, 4]) }
        #expect(nothing.contains("nothing was ever written"))
        let vast = problem(ReadingOptions(onlyWritten: true)) {
            _ = try $0.createDataset(
                "images", of: UInt8.self, shape: [1 << 30, 64, 64], layout: .chunked([1 << 20, 1, 1]))
        }
        #expect(vast.contains("so most of it was never written"), "\(vast)")
    }

    // MARK: - Splits

    private func parts(_ names: [String]) -> (Group) throws -> Void {
        { root in
            for (index, name) in names.enumerated() {
                for group in name.split(separator: "/").dropLast() where root.kind(of: String(group)) == nil {
                    _ = try root.createGroup(String(group))
                }
                try root.write(name, [UInt8](repeating: UInt8(40 * index + 100), count: 160), shape: [10, 4, 4])
            }
        }
    }

    @Test(
        "validation is held out before testing, under every name, and testing is never trained on unless told",
        arguments: [
            (["x_train", "x_val", "x_test"], "train valid"), (["x_train", "x_test"], "train test"),
            (["train/data", "valid/data", "test/data"], "train valid"),
            (["training/images", "dev/images"], "train valid"),
            (["train_images", "testing_images"], "train test"), (["images_train", "images_validation"], "train valid"),
            (["X_train", "X_dev", "X_test"], "train valid"), (["train", "valid", "test"], "train valid"),
            (["train_set_x"], "train valid"), (["x_test"], nil), (["x_val"], nil),
        ])
    func splitNames(names: [String], chosen: String?) throws {
        guard let chosen else {
            #expect(problem(ReadingOptions(), parts(names)).contains("--train-split to train on it all the same"))
            let name = names[0].hasSuffix("test") ? "test" : "val"
            try read(ReadingOptions(trainSplit: name), parts(names)) { (dataset: ImageDataset) throws in
                #expect(try dataset.choice().train.rows == Array(0..<10))
                #expect(try dataset.choice().heldOut == nil)
            }
            return
        }
        try read(ReadingOptions(), parts(names)) { (dataset: ImageDataset) throws in
            let choice = try dataset.choice()
            #expect("\(choice.train.name) \(choice.heldOut?.name ?? "")" == chosen)
            #expect(choice.description.hasPrefix("trains on train ("))
        }
    }

    @Test("two sets of one name are refused, so that none is lost, and any split can be judged")
    func oneSetOfEachName() throws {
        #expect(problem(ReadingOptions(), parts(["x_train", "x_val", "x_dev"])).contains("which are both valid"))
        try read(ReadingOptions(), parts(["x_train", "x_test"])) { (dataset: ImageDataset) throws in
            #expect(try dataset.choice(judging: "train").heldOut?.name == "train")
            #expect(try dataset.choice(judging: nil).heldOut?.name == "test")
        }
        try read(ReadingOptions(), parts(["x_test"])) { (dataset: ImageDataset) throws in
            #expect(try dataset.choice(judging: nil).heldOut?.name == "test")
        }
    }

    @Test("Fuel's table is read with the names that people give splits, and splits can be named")
    func fuelSplitNames() throws {
        let write = { (names: [String]) in
            { (root: Group) throws in
                try root.write("features", [UInt8](repeating: 9, count: 480), shape: [30, 4, 4])
                try root.setSplits(
                    names.enumerated().map { SplitEntry(split: $1, source: "features", rows: $0 * 10..<$0 * 10 + 10) })
            }
        }
        try read(ReadingOptions(), write(["training", "testing", "val"])) { (dataset: ImageDataset) throws in
            #expect(try dataset.choice().train.rows == Array(0..<10))
            #expect(try dataset.choice().heldOut?.rows == Array(20..<30))
        }
        try read(ReadingOptions(trainSplit: "extra", validSplit: "test"), write(["train", "extra", "test"])) {
            (dataset: ImageDataset) throws in
            #expect(try dataset.choice().train.rows == Array(10..<20))
            #expect(try dataset.choice().heldOut?.rows == Array(20..<30))
        }
        #expect(
            problem(ReadingOptions(trainSplit: "none"), write(["train", "val"])).contains(
                "has no split none, only train, valid"))
        #expect(
            problem(ReadingOptions(trainSplit: "val", validSplit: "valid"), write(["train", "val"])).contains(
                "one split valid"))
    }

    // MARK: - Labels

    @Test("labels are matched part by part, in every form, and left out with a note")
    func labels() throws {
        let both = parts(["x_train", "x_test"])
        func labels(_ write: (Group) throws -> Void) throws -> (values: [Double], notes: [String]) {
            try read(
                ReadingOptions(),
                {
                    try both($0); try write($0)
                }, { (try $0.targetValues(), $0.notes) })
        }
        let numbers = (0..<10).map { Double($0 % 3) }
        for write: (Group, String) throws -> Void in [
            { try $0.write($1, numbers.map { Int32($0) }, shape: [10]) },
            { try $0.write($1, numbers.map { UInt8($0) }, shape: [10, 1]) },
            { try $0.write($1, numbers.map { Float($0) }, shape: [10]) },
            { try $0.write($1, numbers, shape: [1, 10]) },
            { try $0.write($1, numbers.map { ["cat", "dog", "owl"][Int($0)] }, shape: [10]) },
        ] {
            let found = try labels { root in
                for name in ["y_train", "y_test"] { try write(root, name) }
            }
            #expect(found.values == numbers + numbers)
            #expect(found.notes.isEmpty)
        }
        let signs = try labels { root in
            for name in ["y_train", "y_test"] {
                try root.write(name, (0..<20).map { Int32($0 % 2 * 2 - 1) }, shape: [10, 2])
            }
        }
        #expect(signs.values == (0..<20).flatMap { _ in [-1, 1] })
        let none = try labels { _ in }
        #expect(none.values == [])
        let swapped = try labels {
            try $0.write("y_train", [UInt8](repeating: 1, count: 12), shape: [12])
            try $0.write("y_test", [UInt8](repeating: 1, count: 8), shape: [8])
        }
        #expect(
            swapped.values == []
                && swapped.notes.first == "y_train is left out: it has shape [12], and x_train has 10 images")
        let half = try labels { try $0.write("y_train", [UInt8](repeating: 1, count: 10), shape: [10]) }
        #expect(half.values == [] && half.notes == ["labels are left out: not every set of images has some"])
        try read(
            ReadingOptions(labelsPath: "smile"),
            {
                try $0.write("faces", [UInt8](repeating: 9, count: 160), shape: [10, 4, 4])
                try $0.write("smile", numbers, shape: [10])
            }
        ) { (dataset: ImageDataset) throws in #expect(try dataset.targetValues() == numbers) }
    }

    @Test("a dataset of texts says the split of each image")
    func splitOfEach() throws {
        let words = ["test", "train", "train", "val", "train", "test", "train", "train", "train", "train"]
        try read(
            ReadingOptions(),
            {
                try $0.write("features", [UInt8](repeating: 9, count: 160), shape: [10, 4, 4])
                try $0.write("split", words, shape: [10])
            }
        ) { (dataset: ImageDataset) throws in
            #expect(dataset.splits.map(\.name) == ["test", "train", "valid"])
            #expect(dataset.splits.map(\.rows) == [[0, 5], [1, 2, 4, 6, 7, 8, 9], [3]])
            #expect(dataset.splitSource == "the file's dataset split")
        }
    }

    @Test("one of several labels of an image is named behind their dataset")
    func labelColumn() throws {
        func write(_ root: Group) throws {
            try root.write("features", [UInt8](repeating: 9, count: 160), shape: [10, 4, 4])
            try root.write("targets", (0..<20).map { UInt8($0 % 3) }, shape: [10, 2])
                .setAttribute("names", ["Male", "Smiling"])
        }
        for (path, column) in [("targets/Male", 0), ("/targets/Smiling", 1), ("targets/1", 1)] {
            try read(ReadingOptions(labelsPath: path), write) { (dataset: ImageDataset) throws in
                #expect(try dataset.targetValues() == (0..<10).map { Double((2 * $0 + column) % 3) })
                #expect(dataset.targets?.names == [["Male", "Smiling"][column]])
            }
        }
        #expect(
            problem(ReadingOptions(labelsPath: "targets/Young"), write).hasSuffix(
                "has no label Young in /targets, only Male, Smiling"))
    }

    // MARK: - Pictures

    @Test("a group with a dataset for each image is read in the order of their numbers")
    func stack() throws {
        try read(
            ReadingOptions(),
            { root in
                let group = try root.createGroup("img_align_celeba")
                for number in 0..<12 {
                    try group.write(
                        "\(number).jpg", [UInt8](repeating: UInt8(20 * number + 1), count: 192), shape: [8, 8, 3])
                }
            }
        ) { (dataset: ImageDataset) throws in
            #expect(dataset.shape.description == "3 × 8 × 8")
            #expect(try (0..<12).map { try dataset.pixels(rows: [$0])[191] } == (0..<12).map { UInt8(20 * $0 + 1) })
        }
        let unlike = problem { root in
            let group = try root.createGroup("faces")
            try group.write("1", [UInt8](repeating: 200, count: 192), shape: [8, 8, 3])
            try group.write("2", [UInt8](repeating: 200, count: 48), shape: [4, 4, 3])
        }
        #expect(unlike.contains("all images of a group have one shape"))
    }

    @Test("groups with a dataset for each image are splits by their names, with the labels beside them or in them")
    func stacksOfSplits() throws {
        func write(_ root: Group, _ path: String, _ first: Int, name: (Int) -> String = { "\($0)" }) throws {
            var group = root
            for part in path.split(separator: "/").map(String.init) {
                group = group.kind(of: part) == nil ? try group.createGroup(part) : try group.group(part)
            }
            for number in 0..<11 {
                try group.write(name(number), [UInt8](repeating: UInt8(first + number), count: 64), shape: [8, 8])
            }
        }
        let numbers = (0..<11).map { UInt8($0 % 3) }
        for (train, test, trainLabels, testLabels) in [
            ("train/images", "test/images", "train/labels", "test/labels"),
            ("images/train", "images/test", "labels/train", "labels/test"),
            ("train", "test", "train/labels", "test/labels"), ("x_train", "x_test", "y_train", "y_test"),
        ] {
            try read(
                ReadingOptions(),
                { root in
                    try write(root, train, 40)
                    try write(root, test, 140)
                    if trainLabels.hasPrefix("labels") { _ = try root.createGroup("labels") }
                    try root.write(trainLabels, numbers, shape: [11])
                    try root.write(testLabels, numbers, shape: [11])
                }
            ) { (dataset: ImageDataset) throws in
                let choice = try dataset.choice()
                #expect(choice.train.rows == Array(0..<11) && choice.heldOut?.name == "test", "\(train)")
                #expect(try (0..<22).map { try dataset.pixels(rows: [$0])[5] } == Array(40..<51) + Array(140..<151))
                #expect(try dataset.targetValues() == (numbers + numbers).map { Double($0) }, "\(train)")
            }
        }
        // Words with numbers, in the order of the numbers; the root is a group, too.
        try read(ReadingOptions(), { try write($0, "images", 40) { "img\($0)" } }) { (dataset: ImageDataset) throws in
            #expect(try (0..<11).map { try dataset.pixels(rows: [$0])[0] } == Array(40..<51))
        }
        for options in [ReadingOptions(), ReadingOptions(imagesPath: "/")] {
            try read(
                options,
                {
                    try write($0, "", 40); try $0.write("labels", numbers, shape: [11])
                }
            ) { (dataset: ImageDataset) throws in
                #expect(try dataset.pixels(rows: [10])[0] == 50)
                #expect(try dataset.targetValues() == numbers.map { Double($0) })
            }
        }
        try read(
            ReadingOptions(imagesPath: "set"),
            { root in
                let group = try root.createGroup("set")
                try group.write("images", [UInt8](repeating: 99, count: 640), shape: [10, 8, 8])
                try group.write("labels", [UInt8](repeating: 1, count: 10), shape: [10])
                try root.write("images", [UInt8](repeating: 200, count: 640), shape: [10, 8, 8])
            }
        ) { (dataset: ImageDataset) throws in #expect(try dataset.pixels(rows: [0])[0] == 99) }
        let batches = problem { root in
            let group = try root.createGroup("data")
            for number in 1...2 {
                try group.write("batch_\(number)", [UInt8](repeating: 200, count: 640), shape: [10, 8, 8])
            }
        }
        #expect(batches.contains("may hold its images in any of data/batch_1, data/batch_2"), "\(batches)")
    }

    @Test("a group of picture files is decoded and not taken for pixels")
    func stackOfFiles() throws {
        let pictures = (0..<3).map { number in
            Image(width: 9, height: 7, channels: 3, pixels: (0..<189).map { UInt8($0 * (number + 1) % 256) })
        }
        func write(_ root: Group, _ files: [[UInt8]]) throws {
            let group = try root.createGroup("images")
            for (number, file) in files.enumerated() { try group.write("\(number)", file, shape: [file.count]) }
        }
        let files = try pictures.map { try PNG.encode($0) }
        try read(ReadingOptions(), { try write($0, files) }) { (dataset: ImageDataset) throws in
            #expect(dataset.shape.description == "3 × 7 × 9")
            #expect(try dataset.pixels(rows: 0..<3) == pictures.flatMap(\.planarPixels))
        }
        try withTemporaryFolder { folder in
            try VoidFile.bytes.write(to: "\(folder)/a.h5")
            let dataset = try ImageDataset("\(folder)/a.h5")
            #expect(dataset.count == 3 && dataset.shape.description == "3 × 8 × 8")
            #expect(try (0..<3).map { try dataset.pixels(rows: [$0])[64] } == [20, 40, 60])
        }
        #expect(problem { try write($0, files + [[1, 2, 3]]) }.contains("holds no PNG and no JPEG in row 3"))
    }

    @Test("a known name is found among thousands of others")
    func manyNames() throws {
        try read(
            ReadingOptions(),
            { root in
                for number in 0..<400 { try root.write("a\(number)", [UInt8(1)], shape: [1]) }
                try root.write("x_train", [UInt8](repeating: 200, count: 640), shape: [10, 8, 8])
                try root.write("y_train", [UInt8](repeating: 3, count: 10), shape: [10])
            }
        ) { (dataset: ImageDataset) throws in
            #expect(dataset.count == 10)
            #expect(try dataset.targetValues() == [Double](repeating: 3, count: 10))
        }
    }

    @Test("rows that are picture files are decoded and not taken for pixels")
    func encoded() throws {
        let pictures = (0..<3).map { number in
            Image(width: 9, height: 7, channels: 3, pixels: (0..<189).map { UInt8($0 + 20 * number) })
        }
        let files = try pictures.map { try PNG.encode($0) }
        let length = files.map(\.count).max()! + 5
        let rows = files.flatMap { $0 + [UInt8](repeating: 0, count: length - $0.count) }
        try read(ReadingOptions(), { try $0.write("images", rows, shape: [3, length]) }) {
            (dataset: ImageDataset) throws in
            #expect(dataset.shape.description == "3 × 7 × 9")
            #expect(try dataset.pixels(rows: 0..<3) == pictures.flatMap(\.planarPixels))
        }
        var html = rows
        html.replaceSubrange(length..<length + 5, with: "<html".utf8)
        let bad = problem { try $0.write("images", html, shape: [3, length]) }
        #expect(bad.contains("holds no PNG and no JPEG in row 1"))
    }

    // MARK: - Names

    @Test("a dataset under any name is found where it is the only one, and named where there are several")
    func names() throws {
        let image = [UInt8](repeating: 200, count: 10 * 256)
        try read {
            try $0.write("celeba", image, shape: [10, 16, 16])
        } _: { (dataset: ImageDataset) throws in
            #expect(dataset.count == 10)
        }
        let several = { (root: Group) throws in
            try root.write("first", image, shape: [10, 16, 16])
            try root.write("second", image, shape: [5, 2, 16, 16])
        }
        #expect(
            problem(ReadingOptions(), several).contains(
                "may hold its images in any of first, second; name one with --images-path"))
        try read(ReadingOptions(imagesPath: "/first"), several) { (dataset: ImageDataset) throws in
            #expect(dataset.count == 10)
        }
        #expect(
            problem(ReadingOptions(imagesPath: "third"), several).contains(
                "has no dataset third; there are first, second"))
    }
}
