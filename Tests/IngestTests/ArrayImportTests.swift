import Files
import Foundation
import Ingest
import SourceSamples
import Testing

@Suite("Importing arrays and tables")
struct ArrayImportTests {
    private let images = Made.npy("|u1", [3, 8, 8], Made.bytes(192))

    @Test("an array of bytes is images, in each order of the axes, each type and both byte orders")
    func orders() throws {
        #expect(try Imported(["a.npy": images], "a.npy").firsts == [0, 192, 128])
        let last = try Imported(["a.npy": Made.npy("|u1", [2, 8, 9, 3], Made.bytes(432))], "a.npy")
        #expect(last.report.shape == ImageShape(channels: 3, height: 8, width: 9))
        #expect(try last.dataset.pixels(rows: 0..<1)[..<3] == [0, 21, 42])
        let first = try Imported(["a.npy": Made.npy("|u1", [2, 3, 8, 9], Made.bytes(432))], "a.npy")
        #expect(try first.dataset.pixels(rows: 0..<1)[..<3] == [0, 7, 14])
        let flat = try Imported(["a.npy": Made.npy("|u1", [2, 784], Made.bytes(1568))], "a.npy")
        #expect(flat.report.shape == ImageShape(channels: 1, height: 28, width: 28))
        // The first axis is the fastest: byte (n, y, x) lies at n + 2 (y + 8 x).
        let fortran = try Imported(["a.npy": Made.npy("|u1", [2, 8, 8], Made.bytes(128), fortran: true)], "a.npy")
        let turned = try fortran.dataset.pixels(rows: 0..<2)
        #expect(turned[..<2] == [0, UInt8(2 * 8 * 7)] && turned[8] == 14 && turned[64] == 7)
    }

    @Test("numbers of every known range become the nearest bytes")
    func scales() throws {
        func bytes<N: StoredNumber>(_ descriptor: String, _ numbers: [N]) throws -> [UInt8] {
            let all = (0..<64).map { numbers[$0 % numbers.count] }
            let imported = try Imported(["a.npy": Made.npy(descriptor, [1, 8, 8], Made.stored(all))], "a.npy")
            return Array(try imported.dataset.pixels(rows: 0..<1)[..<numbers.count])
        }
        #expect(try bytes("<f4", [0, 0.5, 1] as [Float]) == [0, 128, 255])
        #expect(try bytes("<f8", [-1, 0, 1] as [Double]) == [0, 128, 255])
        #expect(try bytes("<f4", [0, 100.4, 255] as [Float]) == [0, 100, 255])
        #expect(try bytes("|u1", [0, 1, 1] as [UInt8]) == [0, 255, 255])
        #expect(try bytes("|b1", [0, 1, 0] as [UInt8]) == [0, 255, 0])
        #expect(try bytes("<i8", [0, 7, 255] as [Int64]) == [0, 7, 255])
        #expect(try bytes("<u2", [0, 0x1234, 0xFFFF] as [UInt16]) == [0, 0x12, 255])
        #expect(try bytes(">f4", [0, 0.5, 1].map { Float($0).bitPattern.bigEndian }) == [0, 128, 255])
        // Fourteen of sixteen bits may be all that a camera has.
        let camera = Made.npy("<u2", [1, 8, 8], Made.stored((0..<64).map { UInt16($0 * 256) }))
        #expect(try sentence(["a.npy": camera], "a.npy")?.contains("say --range 0 16128") == true)
        // A half is 0x3800, one ulp above 1 is 0x3C01: clipped.
        #expect(try bytes("<f2", [0, 0x3800, 0x3C01] as [UInt16]) == [0, 128, 255])
        // What mnist.pkl.gz has: 255 of 256.
        #expect(try bytes("<f4", [0, 0.5, 0.99609375] as [Float]) == [0, 128, 255])
    }

    @Test(
        "numbers of no known range are refused with what would undo it",
        arguments: [
            [-0.5, 0.5], [0, 2.55], [0, 2], [-0.3, 0.7], [0, 0.1], [0, 16], [-3, 300], [0, .nan], [5, 5],
        ] as [[Float]])
    func ranges(numbers: [Float]) throws {
        let all = (0..<64).map { numbers[$0 % 2] }
        let error = try sentence(["a.npy": Made.npy("<f4", [1, 8, 8], Made.stored(all))], "a.npy")
        #expect(error?.contains("holds ") == true, "\(error ?? "no error")")
    }

    @Test("dark bytes are said to be dark, and one set has one scale")
    func oneScale() throws {
        let dark = Made.npy("|u1", [1, 8, 8], [2] + [UInt8](repeating: 1, count: 63))
        let imported = try Imported(["a.npy": dark], "a.npy")
        #expect(imported.report.notes.contains { $0.hasPrefix("The brightest value is 2 of 255") })
        let unit = Made.npy("<f4", [1, 8, 8], Made.stored((0..<64).map { Float($0) / 63 }))
        let bytes = Made.npy("<f4", [1, 8, 8], Made.stored((0..<64).map { Float($0) * 4 }))
        let stored = Made.npy("|u1", [1, 8, 8], (0..<64).map { UInt8($0 * 4) })
        let symmetric = Made.npy("<f4", [1, 8, 8], Made.stored((0..<64).map { Float($0) / 31.5 - 1 }))
        // One of both would come out nearly black, or washed out.
        for (train, test) in [(unit, bytes), (bytes, unit), (unit, symmetric)] {
            let files = ["a.npz": Made.zip(["x_train.npy": train, "x_test.npy": test])]
            let error = try sentence(files, "a.npz")
            #expect(
                error?.contains("so they were scaled differently: scale them alike") == true, "\(error ?? "no error")")
        }
        // Of two types each means what it says.
        let both = try Imported(["a.npz": Made.zip(["x_train.npy": stored, "x_test.npy": unit])], "a.npz")
        let pixels = try both.dataset.pixels(rows: 0..<2)
        #expect(zip(pixels[..<64], pixels[64...]).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
    }

    @Test(
        "a shape that may be two things is refused with both",
        arguments: [([8, 8, 20], "8 × 8 one behind the other"), ([2, 3 * 64], "8 × 8 × 3")])
    func ambiguous(shape: [Int], reading: String) throws {
        let count = shape.reduce(1, *)
        let array = Made.npy("|u1", shape, (0..<count).map { UInt8($0 % 256) })
        #expect(try sentence(["a.npy": array], "a.npy")?.contains(reading) == true)
    }

    @Test("what --layout and --range say is done, and refused where it does not fit")
    func said() throws {
        func pixels(_ array: [UInt8], _ layout: String?, _ range: ClosedRange<Double>? = nil) throws -> [UInt8] {
            let imported = try Imported(["a.npy": array], "a.npy") {
                ($0.layout, $0.range) = (layout.flatMap { AxisLayout($0) }, range)
            }
            return try imported.dataset.pixels(rows: 0..<imported.dataset.count)
        }
        // Twenty images of 8 × 8, counted by the last axis.
        func pixel(_ image: Int, _ place: Int) -> UInt8 { UInt8(8 * image + place % 8) }
        let last = (0..<1280).map { pixel($0 % 20, $0 / 20) }
        let first = (0..<1280).map { pixel($0 / 64, $0 % 64) }
        #expect(try pixels(Made.npy("|u1", [8, 8, 20], last), "HWN") == first)
        let rows = Made.bytes(2 * 192)
        #expect(try pixels(Made.npy("|u1", [2, 192], rows), "flat:3x8x8") == rows)
        let interleaved = (0..<384).map { place -> UInt8 in
            let (image, inner) = (place / 192, place % 192)
            return rows[192 * image + 64 * (inner % 3) + inner / 3]
        }
        #expect(try pixels(Made.npy("|u1", [2, 192], interleaved), "flat:8x8x3") == rows)
        #expect(try pixels(Made.npy("|u1", [2, 56], Made.bytes(112)), "flat:7x8") == Made.bytes(112))
        // (N, C, H, W) and (N, H, W, C) of 3 × 8 × 3.
        let planes = Made.bytes(144)
        #expect(try pixels(Made.npy("|u1", [2, 3, 8, 3], planes), "NCHW") == planes)
        let digits = (0..<64).map { Double($0 % 17) }
        #expect(
            try pixels(Made.npy("<f8", [1, 8, 8], Made.stored(digits)), nil, 0...16)
                == digits.map { UInt8(($0 * 255 / 16).rounded()) })
        for (files, name, layout, part) in [
            (["a.npy": images], "a.npy", "NHWC", "has no array that --layout NHWC fits: there are a [3, 8, 8]"),
            (["a.npy": Made.npy("|u1", [2, 9, 8, 8], Made.bytes(1152))], "a.npy", "NCHW", "9 channels"),
            (["1.png": try Made.png(1)], "", "NHWC", "--layout is for arrays of numbers (.npy"),
        ] {
            let error = try sentence(files, name) { $0.layout = AxisLayout(layout) }
            #expect(error?.contains(part) == true, "\(error ?? "no error")")
        }
    }

    @Test("labels may be texts, or an array without a name, and what is left out is named")
    func labels() throws {
        func texts(_ words: [String]) -> [UInt8] {
            Made.stored(
                words.flatMap { word in
                    word.unicodeScalars.map(\.value) + [UInt32](repeating: 0, count: 4 - word.unicodeScalars.count)
                })
        }
        let words = Made.npy("<U4", [3], texts(["owl", "cät", "owl"]))
        for (name, member) in [("y", words), ("labels", Made.npy("|S3", [3, 1], Array("owlcätowl".utf8.prefix(9))))] {
            let imported = try Imported(["a.npz": Made.zip(["x.npy": images, "\(name).npy": member])], "a.npz")
            #expect(imported.dataset.targets?.names == ["class"], "\(name)")
            if name == "y" { #expect(imported.targets == [1, 0, 1] && imported.report.notes.count == 1) }
        }
        let numbers = Made.npy("<i8", [3], Made.stored([7, 8, 9] as [Int64]))
        let unnamed = try Imported(["a.npz": Made.zip(["arr_0.npy": images, "arr_1.npy": numbers])], "a.npz")
        #expect(unnamed.targets == [7, 8, 9])
        let others = try Imported(
            [
                "a.npz": Made.zip([
                    "x.npy": images, "mean.npy": Made.npy("<f8", [2], Made.stored([0.5, 1])),
                    "note.npy": Made.npy("<U4", [], texts(["hand"])), "y.npy": numbers,
                ])
            ], "a.npz")
        #expect(others.targets == [7, 8, 9])
        #expect(others.report.notes.contains("2 other arrays were not imported: mean [2], note (<U4 [])."))
        let fractions = Made.npy("<f8", [3], Made.stored([0.5, 1, 2]))
        let broken = try Imported(["a.npz": Made.zip(["x.npy": images, "y.npy": fractions])], "a.npz")
        #expect(broken.targets == [] && broken.report.notes.contains { $0.hasPrefix("y holds numbers with fractions") })
    }

    @Test("a changed byte is found in labels, in images and in arrays of Fortran's order")
    func sums() throws {
        let labels = Made.npy("<i8", [3], Made.stored([7, 8, 9] as [Int64]))
        let turned = Made.npy("|u1", [3, 8, 8], Made.bytes(192), fortran: true)
        for (members, changed) in [
            (["x.npy": images, "y.npy": labels], labels), (["x.npy": images, "y.npy": labels], images),
            (["x.npy": turned], turned),
        ] {
            var archive = Made.zip(members)
            let place = try #require(archive.firstRange(of: changed)).upperBound - 1
            archive[place] ^= 1
            let error = try sentence(["a.npz": archive], "a.npz")
            #expect(error?.contains("is corrupt: CRC error") == true, "\(error ?? "no error")")
        }
    }

    @Test("Larochelle's rows of numbers are images: binary ones in three files, and fractions with a label behind them")
    func rowsOfNumbers() throws {
        func bits(_ number: Int) -> String {
            (0..<784).map { $0 % (number + 2) == 0 ? "1" : "0" }.joined(separator: " ") + "\n"
        }
        let binary = try Imported([
            "binarized_mnist_train.amat": Array((bits(0) + bits(1)).utf8),
            "binarized_mnist_valid.amat": Array(bits(2).utf8),
            "binarized_mnist_test.amat": Array(bits(3).utf8),
        ])
        #expect(binary.splits == ["train 2", "valid 1", "test 1"] && binary.targets == [])
        let expected = (0..<4).flatMap { number in (0..<784).map { UInt8($0 % (number + 2) == 0 ? 255 : 0) } }
        #expect(try binary.dataset.pixels(rows: 0..<4) == expected)
        let fractions = (0..<64).map { "\(Double($0) / 63)" }.joined(separator: " ")
        let basic = try Imported(
            ["mnist_train.amat": Array("\(fractions) 7.0\n\(fractions) 3.0\n".utf8)], "mnist_train.amat")
        #expect(basic.targets == [7, 3])
        #expect(try basic.dataset.pixels(rows: 0..<1) == (0..<64).map { UInt8((Double($0) / 63 * 255).rounded()) })
    }

    @Test("a label behind the pixels of a table without names is found by what the ends of the lines hold")
    func labelBehind() throws {
        let lines = (0..<3).map { row in ((0..<64).map { "\(100 + $0)" } + ["\(row)"]).joined(separator: ",") }
        let imported = try Imported(["train.csv": Array(lines.joined(separator: "\n").utf8)], "train.csv")
        #expect(imported.firsts.allSatisfy { $0 == 100 } && imported.targets.sorted() == [0, 1, 2])
    }

    @Test("names of members tell splits, images and labels; Python's objects stay closed")
    func members() throws {
        let other = Made.npy("|u1", [2, 8, 8], Made.bytes(128))
        let labels = Made.npy("<i8", [3], Made.stored([7, 8, 9] as [Int64]))
        let test = Made.npy("|u1", [2, 1], [1, 2])
        let sets: [[String: [UInt8]]] = [
            ["x_train": images, "y_train": labels, "x_test": other, "y_test": test],
            ["train_images": images, "train_labels": labels, "test_images": other, "test_labels": test],
        ]
        for set in sets {
            let npz = Made.zip(Dictionary(uniqueKeysWithValues: set.map { ($0.key + ".npy", $0.value) }))
            let imported = try Imported(["set.npz": npz], "set.npz")
            #expect(imported.splits == ["train 3", "test 2"] && imported.targets == [7, 8, 9, 1, 2])
        }
        let pairs = [
            "kmnist-train-imgs.npz": Made.zip(["arr_0.npy": images]),
            "kmnist-train-labels.npz": Made.zip(["arr_0.npy": labels]),
            "kmnist-test-imgs.npz": Made.zip(["arr_0.npy": other]),
            "kmnist-test-labels.npz": Made.zip(["arr_0.npy": test]),
        ]
        let imported = try Imported(pairs)
        #expect(imported.splits == ["train 3", "test 2"] && imported.targets == [7, 8, 9, 1, 2])
        let sprites = try Imported(
            [
                "dsprites.npz": Made.zip([
                    "imgs.npy": Made.npy("|u1", [2, 8, 8], (0..<128).map { UInt8($0 % 2) }),
                    "latents_classes.npy": Made.npy("<i8", [2, 6], Made.stored(Array(0..<12) as [Int64])),
                    "latents_values.npy": Made.npy("<f8", [2, 6], Made.stored([Double](repeating: 0.5, count: 12))),
                    "metadata.npy": Made.npy("|O", [], [0x80, 2]),
                ])
            ], "dsprites.npz")
        #expect(sprites.dataset.targets?.names == ["color", "shape", "scale", "orientation", "posX", "posY"])
        #expect(try sprites.dataset.pixels(rows: 0..<1)[..<2] == [0, 255])
        #expect(sprites.report.notes.contains { $0.contains("metadata.npy in") && $0.contains("Python objects") })
    }

    @Test("each array that is no set of images is one sentence")
    func defects() throws {
        let cases: [([String: [UInt8]], String, String)] = [
            (["a.npy": Array(images.dropLast(9))], "a.npy", "is truncated: it should hold [3, 8, 8]"),
            (["a.npy": Array(images.prefix(70))], "a.npy", "is truncated within its header"),
            (["a.npy": Array("<html>".utf8) + images], "a.npy", "is no array of NumPy"),
            (["a.npy": images + [1]], "a.npy", "is too long"),
            (["a.npy": Made.npy("|O", [3], [0x80])], "a.npy", "Python objects (pickle), which may run code"),
            (
                ["a.npy": Made.npy("|u1", [2, 9, 9, 9], Made.bytes(1458))], "a.npy",
                "volumes of voxels are not imported"
            ),
            (
                ["a.npy": Made.npy("|u1", [64, 64, 3], Made.bytes(12288))], "a.npy",
                "one picture (H, W, C), or 64 of 64 × 3"
            ),
            (
                ["a.npy": Made.npy("|u1", [5, 3, 8, 3], Made.bytes(360))], "a.npy",
                "may be (N, C, H, W) or (N, H, W, C)"
            ),
            (
                ["x.npy": Made.npy("|u1", [784, 900], Made.bytes(705600))], "x.npy",
                "784 pictures of 30 × 30, or 900 lying across"
            ),
            (
                ["a.npz": Made.zip(["a.npy": images, "b.npy": images])], "a.npz",
                "keep one, or name them for their splits"
            ),
            (
                ["a.npz": Made.zip(["x_test.npy": images, "x_train.npy": images, "x_train_noisy.npy": images])],
                "a.npz", "keep one, or name them for their splits"
            ),
            (
                ["a.npz": Made.zip(["x_train.npy": images, "x_test.npy": images, "noisy/x_train.npy": images])],
                "a.npz", "keep one, or name them for their splits"
            ),
            (
                ["a.npy": Made.npy("|u1", [16_777_215, 16_777_215, 16_777_215, 0], [], fortran: true)], "a.npy",
                "its header is damaged"
            ),
            (
                ["a.npz": Made.zip(["x.npy": Made.npy("<c8", [2, 8, 8], Made.bytes(1024))])], "a.npz",
                "holds no array of images"
            ),
            (
                [
                    "a.npz": Made.zip([
                        "x_train.npy": images, "x_test.npy": Made.npy("|u1", [1, 9, 9], Made.bytes(81)),
                    ])
                ], "a.npz", "has images of 1 × 8 × 8"
            ),
        ]
        for (files, name, part) in cases {
            let error = try sentence(files, name)
            #expect(error?.contains(part) == true, "\(part): \(error ?? "no error")")
        }
    }

    @Test("IDX files are found wherever they lie, and EMNIST's pictures are turned")
    func idx() throws {
        let files = Made.idx()
        func below(_ folder: (String) -> String) -> [String: [UInt8]] {
            Dictionary(uniqueKeysWithValues: files.map { (folder($0.key) + "/" + $0.key, $0.value) })
        }
        for files in [files, below { _ in "MNIST/raw" }, below { $0.replacingOccurrences(of: "-idx", with: ".idx") }] {
            let imported = try Imported(files)
            #expect(imported.splits == ["train 3", "test 2"] && imported.targets == [5, 0, 9, 1, 2])
            #expect(try imported.dataset.pixels(rows: 0..<1)[..<3] == [0, 7, 14])
        }
        #expect(try Imported(["m.zip": Made.zip(files)], "m.zip").targets == [5, 0, 9, 1, 2])
        let letters = try Imported(Made.idx(prefix: "emnist-letters-", training: [26, 1, 2]))
        #expect(letters.targets == [26, 1, 2, 1, 2] && letters.report.takenFor == "EMNIST's letters (IDX files)")
        #expect(try letters.dataset.pixels(rows: 0..<1)[..<2] == [0, 7 * 8])
        let both = Made.idx(prefix: "emnist-letters-").merging(Made.idx(prefix: "emnist-digits-")) { $1 }
        #expect(try sentence(both)?.contains("say which with --as, such as --as emnist-balanced") == true)
        #expect(try Imported(both, as: "emnist-digits").report.takenFor.contains("2 sets"))
    }

    @Test("an option that says nothing about a source is refused")
    func options() throws {
        #expect(
            try sentence(Made.idx()) { $0.labels = "y.csv" }?.contains("has its own labels: leave --labels out") == true
        )
        #expect(
            try sentence(["a.npy": images], "a.npy") { $0.labels = "y" }?.contains("has no array y: there are a")
                == true)
    }

    @Test("a table of numbers is images, with or without labels and a header")
    func tables() throws {
        func line(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
        let pixels = (0..<64).map { $0 * 4 }
        let header = "label," + (0..<64).map { "pixel\($0)" }.joined(separator: ",")
        for text in [
            line([7] + pixels) + "\n" + line([3] + pixels.reversed()),
            "\u{FEFF}\(header)\r\n" + line([7] + pixels) + "\r\n" + line([3] + pixels.reversed()) + "\r\n",
        ] {
            let imported = try Imported(["mnist_train.csv": Array(text.utf8)], "mnist_train.csv")
            #expect(imported.targets == [7, 3] && imported.firsts == [0, 252] && imported.splits == ["train 2"])
        }
        let bare = try Imported([
            "train.csv": Array(line([7] + pixels).utf8), "test.csv": Array(line(pixels).utf8),
        ])
        #expect(bare.targets == [7, -1] && bare.splits == ["train 1", "test 1"])
        let wrong = line([7] + pixels) + "\n" + line([7] + pixels.dropLast())
        #expect(try sentence(["a.csv": Array(wrong.utf8)], "a.csv")?.contains("line 2 of") == true)
        let word = line([7] + pixels) + "\n" + line([7] + pixels).replacingOccurrences(of: "252", with: "x")
        #expect(
            try sentence(["a.csv": Array(word.utf8)], "a.csv")?.contains("has \"x\" where a number should be")
                == true)
        let bright = line([7] + pixels).replacingOccurrences(of: "252", with: "256")
        #expect(try sentence(["a.csv": Array(bright.utf8)], "a.csv")?.contains("pixels are 0 to 255") == true)
    }

    @Test("binary CIFAR-10 and CIFAR-100 are records of labels and three planes")
    func cifar() throws {
        let record: [UInt8] = [6] + Made.bytes(3072)
        let ten = ["c/data_batch_2.bin": record + record, "c/data_batch_1.bin": record, "c/test_batch.bin": record]
        for (files, name) in [(ten, ""), (["c.tar": Made.tar(ten)], "c.tar")] {
            let imported = try Imported(files, name)
            #expect(imported.splits == ["train 3", "test 1"] && imported.targets == [6, 6, 6, 6])
            #expect(try imported.dataset.pixels(rows: 0..<1) == Made.bytes(3072))
            #expect(imported.report.notes == ["3 of 6 files of the set are not there: it is a part."])
        }
        let named = try Imported(ten.merging(["c/batches.meta.txt": Array("plane\ncar\n\n".utf8)]) { $1 })
        #expect(named.targets == [6, 6, 6, 6])
        let hundred = try Imported(["train.bin": [1] + record, "test.bin": [2] + record])
        #expect(hundred.targets == [1, 6, 2, 6] && hundred.dataset.targets?.names == ["coarse", "fine"])
        #expect(
            try sentence(["data_batch_1.bin": record.dropLast() + []])?.contains("is no number of records of 3073")
                == true)
        #expect(try sentence(["data_batch_1.bin": [10] + record.dropFirst()])?.contains("has the label 10") == true)
    }

    @Test("a pickle that runs something is refused by the name of what it runs")
    func pickles() throws {
        let attack =
            Array("\u{80}\u{02}".unicodeScalars.map { UInt8($0.value) }) + Array("cos\nsystem\nX".utf8) + [2, 0, 0, 0]
            + Array("ls".utf8) + [0x85, 0x52, 0x2E]
        #expect(
            try sentence(["data_batch_1": attack])?.contains("is a pickle that calls os.system, which is not allowed")
                == true)
        #expect(
            try sentence(["data_batch_1": [0x80, 2, 0x69]])?.contains("holds the pickle instruction 69 at byte 2")
                == true)
        #expect(try sentence(["data_batch_1": [0x80, 2, 0x7D]])?.contains("it is truncated") == true)
    }

    @Test(
        "Frey's and Olivetti's real faces", .enabled(if: RealData.isThere, "the folder of real data is not here"))
    func real() throws {
        try withTemporaryFolder { folder in
            for (name, kind, shape, count) in [
                (
                    "frey/frey_faces.npy", "arrays of NumPy (frey_faces.npy)",
                    ImageShape(channels: 1, height: 28, width: 20), 1965
                ),
                (
                    "olivetti/olivettifaces.mat", "MATLAB files (olivettifaces.mat)",
                    ImageShape(channels: 1, height: 64, width: 64), 400
                ),
                (
                    "cifar10/cifar10_first4000_images.npy", "arrays of NumPy (cifar10_first4000_images.npy)",
                    ImageShape(channels: 3, height: 32, width: 32), 4000
                ),
            ] {
                let found = try ImageImport("\(RealData.folder)/\(name)")
                #expect(found.recognised == kind)
                let report = try found.write(to: UnfinishedFile("\(folder)/a.h5", replacing: true))
                #expect(report.shape == shape && report.count == count)
            }
        }
    }
}
