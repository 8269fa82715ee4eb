import Ingest
import Pictures
import SourceSamples
import Testing

@Suite("Importing databases and records")
struct RecordImportTests {
    /// Three pictures of 8 × 8 in PNG, whose first bytes are 10, 20 and 30.
    private func pictures() throws -> [String: [UInt8]] {
        ["a": try Made.png(1), "b": try Made.png(2), "c": try Made.png(3)]
    }

    @Test(
        "values of a database are pictures in the order of the keys, on leaves, below branches and on pages of their own"
    )
    func values() throws {
        for pageSize in [256, 512, 4096] {
            let imported = try Imported(["x_lmdb/data.mdb": Made.lmdb(try pictures(), pageSize: pageSize)])
            #expect(imported.firsts == [10, 20, 30] && imported.splits == ["train 3"] && imported.targets == [])
            #expect(imported.report.takenFor == "a database of LMDB (x_lmdb/data.mdb)")
        }
        let many = try (100..<400).map { ("\($0)", try Made.png($0 % 25, width: 1, height: 1)) }
        let values = Made.lmdb(Dictionary(uniqueKeysWithValues: many), pageSize: 4096)
        #expect(try Imported(["all": values], "all").firsts == many.indices.map { UInt8(10 * ($0 % 25)) })
    }

    @Test("a folder's name tells a database's split, and of several sizes of a picture the largest is taken")
    func splitsAndSizes() throws {
        let pictures = try pictures()
        let imported = try Imported([
            "b_train_lmdb/data.mdb": Made.lmdb(pictures), "b_val_lmdb/data.mdb": Made.lmdb(["a": try Made.png(4)]),
        ])
        #expect(imported.splits == ["train 3", "valid 1"] && imported.firsts == [10, 20, 30, 40])
        #expect(
            try sentence(["a_train.mdb": Made.lmdb(pictures), "b.mdb": Made.lmdb(pictures)])?.contains(
                "belongs to no split by its name") == true)
        let sizes = [
            "8-00000": try Made.png(1), "16-00000": try Made.png(2, width: 16, height: 16), "length": [0x31],
        ]
        let largest = try Imported(["a.mdb": Made.lmdb(sizes)], "a.mdb")
        #expect(largest.firsts == [20] && largest.report.shape.width == 16)
        #expect(largest.report.notes.contains { $0.hasPrefix("1 other record was not imported, such as length in") })
    }

    @Test("Caffe's values are planes of blue, green and red, floats or picture files, with labels")
    func caffe() throws {
        let (blue, green, red) = (Made.bytes(64), [UInt8](repeating: 90, count: 64), [UInt8](repeating: 7, count: 64))
        let values = [
            "1": Made.datum([3, 8, 8], blue + green + red, label: 5),
            "2": Made.datum([3, 8, 8], red + red + red, label: 0),
        ]
        let imported = try Imported(["a.mdb": Made.lmdb(values)], "a.mdb")
        #expect(imported.targets == [5, 0] && imported.dataset.targets?.names == ["class"])
        #expect(try imported.dataset.pixels(rows: 0..<1) == red + green + blue)
        let encoded = try Imported(
            ["a.mdb": Made.lmdb(["1": Made.datum([3, 8, 8], try Made.png(9), label: 2)])], "a.mdb")
        #expect(encoded.targets == [2] && encoded.firsts == [90])
        let other = [
            "1": Made.datum([1, 8, 8], blue, label: 5), "2": Made.datum([1, 4, 8], Array(blue.prefix(32)), label: 5),
        ]
        #expect(
            try sentence(["a.mdb": Made.lmdb(other)], "a.mdb")?.contains(
                "is [1, 4, 8] of uint8, and the first image is [1, 8, 8]")
                == true)
    }

    @Test("values may be pixels, whose layout is said; pickles stay closed, and are named where there is nothing else")
    func pixels() throws {
        let rows = ["1": Made.bytes(192), "2": Made.bytes(192)]
        let database = ["a.mdb": Made.lmdb(rows)]
        #expect(try sentence(database, "a.mdb")?.contains("--layout flat:8x8x3") == true)
        let imported = try Imported(database, "a.mdb") { $0.layout = AxisLayout("flat:3x8x8") }
        #expect(try imported.dataset.pixels(rows: 0..<2) == Made.bytes(192) + Made.bytes(192))
        let pickle: [UInt8] = [0x80, 4, 0x95] + Made.bytes(80) + [0x2E]
        #expect(try sentence(["a.mdb": Made.lmdb(["1": pickle])], "a.mdb")?.contains("1 in ") == true)
        #expect(try sentence(["a.mdb": Made.lmdb(["1": pickle])], "a.mdb")?.contains("is a pickle of Python") == true)
        let both = try Imported(["a.mdb": Made.lmdb(["1": try Made.png(1), "2": pickle])], "a.mdb")
        #expect(both.firsts == [10] && both.report.notes.contains { $0.contains("such as 2 in") })
        let picture = try sentence(["a.mdb": Made.lmdb(["1": try Made.png(1)])], "a.mdb") { $0.range = 0...1 }
        #expect(picture?.contains("holds picture files; --range is for arrays of numbers") == true)
    }

    @Test("each database that is cut short, damaged or of another kind is one sentence")
    func databaseDefects() throws {
        let whole = Made.lmdb(try pictures(), pageSize: 256)
        let rows = Dictionary(uniqueKeysWithValues: (10..<22).map { ("\($0)", Made.bytes(64)) })
        var circle = Made.lmdb(rows, pageSize: 256)
        #expect(try Imported(["a.mdb": circle], "a.mdb").report.count == 12)
        // The branch is the last page; its first node leads to itself then.
        let branch = circle.count - 256
        let node = Int(circle[branch + 16]) + 256 * Int(circle[branch + 17])
        circle[branch + node] = UInt8(circle.count / 256 - 1)
        var version = whole
        version[256 + 20] = 2
        for (bytes, part) in [
            (Array(whole.dropLast(300)), "is cut short or damaged: its page"),
            (Array(whole.prefix(100)), "cut short in its first page"),
            (circle, "is damaged"), (version, "of version 2"),
            (Made.lmdb(["1": [1]], flags: 4), "has several values for a key"),
        ] {
            let error = try sentence(["a.mdb": bytes], "a.mdb")
            #expect(error?.contains(part) == true, "\(error ?? "no error")")
        }
        let inside = try sentence(["a.zip": Made.zip(["data.mdb": whole])], "a.zip")
        #expect(inside?.contains("is a database within an archive") == true)
    }

    private func examples(_ image: String, _ label: Made.Feature = .integers([3])) throws -> [[UInt8]] {
        try (1...3).map { Made.example([image: .bytes(try Made.png($0)), "label": label]) }
    }

    @Test("TensorFlow's records are pictures with labels, in pieces, compressed, and in splits by their names")
    func records() throws {
        let three = Made.records(try examples("image/encoded"))
        let one = Made.records([Made.example(["image/encoded": .bytes(try Made.png(4)), "label": .integers([1])])])
        for files in [
            ["a-train-00000-of-00002": three, "a-train-00001-of-00002": one, "a-test-00000-of-00001": one],
            ["train.tfrecord.gz": Made.gzip(three + one), "test.tfrecord": one],
        ] {
            let imported = try Imported(files)
            #expect(imported.splits == ["train 4", "test 1"] && imported.targets == [3, 3, 3, 1, 1])
            #expect(imported.firsts == [10, 20, 30, 40, 40])
        }
        #expect(try Imported(["a.zip": Made.zip(["a.tfrecord": three])], "a.zip").firsts == [10, 20, 30])
        let texts = Made.records(
            try examples("picture", .bytes(Array("owl".utf8))) + examples("picture", .bytes(Array("cat".utf8))))
        let named = try Imported(["anything": texts], "anything")
        #expect(named.targets == [1, 1, 1, 0, 0, 0] && named.report.takenFor == "records of TensorFlow (anything)")
        let without = Made.records([Made.example(["image": .bytes(try Made.png(5))])])
        let partly = try Imported(["a-00000-of-00002": without, "a-00001-of-00002": three])
        #expect(
            partly.targets == [-1, 3, 3, 3]
                && partly.report.notes.contains("1 record without a label: -1 stands for it."))
    }

    @Test("TensorFlow's records are numbers in the shape that they tell, and of several sizes the largest are taken")
    func recordsOfNumbers() throws {
        let bytes = Made.bytes(192)
        func example(_ feature: Made.Feature, _ shape: [String: [Int]]) -> [String: [UInt8]] {
            [
                "a": Made.records([
                    Made.example(shape.mapValues { .integers($0) }.merging(["image_raw": feature]) { $1 })
                ])
            ]
        }
        let sides = ["height": [8], "width": [8]]
        let interleaved = try Imported(example(.bytes(bytes), sides), "a")
        #expect(try interleaved.dataset.pixels(rows: 0..<1)[..<3] == [0, 21, 42])
        #expect(try Imported(example(.bytes(bytes), ["shape": [3, 8, 8]]), "a").dataset.pixels(rows: 0..<1) == bytes)
        let floats = try Imported(example(.floats((0..<64).map { Float($0) / 63 }), [:]), "a")
        #expect(try floats.dataset.pixels(rows: 0..<1) == (0..<64).map { UInt8((Double($0) / 63 * 255).rounded()) })
        #expect(try Imported(example(.integers((0..<64).map { 4 * $0 }), sides), "a").firsts == [0])
        // What tf.io.serialize_tensor writes: dtype 4, the shape [8, 8, 3], and the bytes.
        let tensor: [UInt8] = [8, 4, 0x12, 12, 0x12, 2, 8, 8, 0x12, 2, 8, 8, 0x12, 2, 8, 3, 0x22, 0xC0, 1] + bytes
        #expect(
            try Imported(example(.bytes(tensor), [:]), "a").report.shape == ImageShape(channels: 3, height: 8, width: 8)
        )
        let small = Made.records([Made.example(["shape": .integers([1, 8, 8]), "data": .bytes(Made.bytes(64))])])
        let large = Made.records([Made.example(["shape": .integers([1, 16, 16]), "data": .bytes(Made.bytes(256))])])
        let sizes = try Imported(["x-r03.tfrecords": small, "x-r04.tfrecords": large])
        #expect(
            sizes.report.shape.width == 16
                && sizes.report.notes.contains("1 file with smaller copies of the images left out."))
    }

    @Test("each file of records that is cut short, changed, or holds no image is one sentence")
    func recordDefects() throws {
        let whole = Made.records(try examples("image"))
        var changed = whole
        changed[200] ^= 1
        let words = Made.example(["text": .bytes(Array("owl".utf8))])
        let two = Made.example(["left": .bytes(try Made.png(1)), "right": .bytes(try Made.png(2))])
        for (bytes, part) in [
            (changed, "has a wrong checksum: fetch or write the file again"),
            (Array(whole.dropLast(3)), "is cut short"),
            (whole + [1, 2, 3], "record 4 of"), (Made.records([words]), "has no feature that is an image: it has text"),
            (Made.records([two]), "has several pictures, left, right"),
            (Made.records([[0xFF, 0xFF]]), "is no tf.train.Example"),
            (
                Made.records([
                    Made.example(["height": .integers([9]), "width": .integers([9]), "image": .bytes(Made.bytes(100))])
                ]),
                "has 100 numbers in its feature image, and tells the shape [9, 9, 1]"
            ),
        ] {
            let error = try sentence(["a.tfrecord": bytes], "a.tfrecord")
            #expect(error?.contains(part) == true, "\(error ?? "no error")")
        }
    }
}
