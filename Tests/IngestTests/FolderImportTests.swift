import Files
import Foundation
import Ingest
import Pictures
import SourceSamples
import Testing

@Suite("Importing folders and archives of pictures")
struct FolderImportTests {
    @Test("a flat folder is taken by name, by number where all names are numbers")
    func flat() throws {
        let names = try Imported(["b.png": Made.png(2), "a.png": Made.png(1), "c.PNG": Made.png(3)])
        #expect(names.firsts == [10, 20, 30] && names.splits == ["train 3"])
        #expect(names.report.targetNames == [] && names.report.shape == ImageShape(channels: 3, height: 8, width: 8))
        let numbers = try Imported(["10.png": Made.png(10), "9.png": Made.png(9), "1.png": Made.png(1)])
        #expect(numbers.firsts == [10, 90, 100])
    }

    @Test("folders are classes by name, whole paths are names, and what holds everything is passed")
    func classes() throws {
        let files: [String: [UInt8]] = [
            "set/dog/1.png": try Made.png(3), "set/cat/1.png": try Made.png(1), "set/cat/2.png": try Made.png(2),
        ]
        for (files, name) in [
            (files, ""), (["a.zip": Made.zip(files)], "a.zip"), (["a.tar": Made.tar(files)], "a.tar"),
        ] {
            let imported = try Imported(files, name)
            #expect(imported.firsts == [10, 20, 30] && imported.targets == [0, 0, 1])
            #expect(imported.dataset.targets?.names == ["class"])
            #expect(imported.dataset.targets?.classNames == ["cat", "dog"])
        }
    }

    @Test("train, val and test are splits, in that order")
    func splits() throws {
        let imported = try Imported([
            "test/a/1.png": Made.png(5), "val/a/1.png": Made.png(4), "training/b/1.png": Made.png(2),
            "training/a/1.png": Made.png(1),
        ])
        #expect(imported.splits == ["train 2", "valid 1", "test 1"])
        #expect(imported.firsts == [10, 20, 40, 50] && imported.targets == [0, 1, 0, 0])
    }

    @Test("folders such as seg_train are splits where all are, doubled or not")
    func wordsOfSplits() throws {
        let imported = try Imported([
            "seg_test/seg_test/sea/1.png": Made.png(3), "seg_train/seg_train/sea/1.png": Made.png(2),
            "seg_train/seg_train/forest/1.png": Made.png(1),
        ])
        #expect(
            imported.splits == ["train 2", "test 1"] && imported.firsts == [10, 20, 30]
                && imported.targets == [0, 1, 1])
    }

    @Test("FFHQ's and StyleGAN's folders of numbers are no classes")
    func blocks() throws {
        let imported = try Imported(["00000/img1.png": Made.png(1), "01000/img2.png": Made.png(2)])
        #expect(imported.firsts == [10, 20] && imported.targets == [])
    }

    @Test("what systems leave behind is no picture")
    func leftBehind() throws {
        let imported = try Imported([
            "a.png": Made.png(1), ".DS_Store": [1], "__MACOSX/._a.png": [2], "Thumbs.db": [3], "._a.png": [4],
            ".ipynb_checkpoints/a-checkpoint.png": Made.png(9), "notes.txt": [65],
        ])
        #expect(imported.firsts == [10])
        #expect(imported.report.notes.contains("5 files that are hidden or a system's own were left out."))
        #expect(imported.report.notes.contains { $0.hasPrefix("1 other file beside the pictures was not imported: ") })
    }

    @Test("labels come from metadata.csv, metadata.jsonl, dataset.json, --labels and UTKFace's names")
    func labels() throws {
        let pictures: [String: [UInt8]] = ["a.png": try Made.png(1), "b.png": try Made.png(2)]
        let tables: [(String, String, [Int])] = [
            ("metadata.csv", "\u{FEFF}file_name,kind,score\r\nb.png,\"cat, big\",0.5\r\na.png,dog,1\r\n", [1, 0]),
            (
                "metadata.jsonl", #"{"file_name":"b.png","kind":3}"# + "\n" + #"{"file_name":"a.png","kind":300}"#,
                [300, 3]
            ),
            ("dataset.json", #"{"labels":[["a.png",6],["b.png",7]]}"#, [6, 7]),
        ]
        for (name, text, targets) in tables {
            // The ending of a table's own name tells what it is.
            let folder = "my.jsonl.set"
            let inside = pictures.merging([name: Array(text.utf8)]) { $1 }.map { ("\(folder)/\($0.key)", $0.value) }
            #expect(try Imported(Dictionary(uniqueKeysWithValues: inside), folder).targets == targets, "\(name)")
            let imported = try Imported(pictures.merging([name: Array(text.utf8)]) { $1 })
            #expect(imported.targets == targets, "\(name)")
        }
        let named = try Imported(pictures.merging(["mine.csv": Array("file_name;male\na.png;-1\nb.png;1".utf8)]) { $1 })
        {
            $0.labels = "mine.csv"
        }
        #expect(named.targets == [-1, 1] && named.dataset.targets?.names == ["male"])
        let faces = try Imported([
            "26_1_3_20170103172345678.jpg.chip.jpg": Made.png(2), "100_0_0_20170112213500903.jpg.chip.jpg": Made.png(1),
        ])
        #expect(faces.targets == [100, 0, 0, 26, 1, 3] && faces.dataset.targets?.names == ["age", "gender", "race"])
    }

    @Test("names as UTKFace's are labels where most are, and a note says what others lack")
    func faceNames() throws {
        var files: [String: [UInt8]] = ["IMG_0001.jpg": try Made.png(9)]
        for number in 1...3 { files["\(20 + number)_1_3_20170103172345678.jpg"] = try Made.png(number) }
        let most = try Imported(files)
        #expect(most.targets == [21, 1, 3, 22, 1, 3, 23, 1, 3, -1, -1, -1])
        #expect(most.report.notes == ["1 name (IMG_0001.jpg) has no age, gender and race: -1 stands for them."])
        for number in 2...6 { files["IMG_000\(number).jpg"] = try Made.png(number) }
        let few = try Imported(files)
        #expect(few.targets == [])
        #expect(few.report.notes.first?.hasPrefix("3 of 9 names tell age, gender and race") == true)
    }

    @Test("blank fields of a table leave numbers numbers and words words, and are counted")
    func blanks() throws {
        let pictures = try Dictionary(uniqueKeysWithValues: (1...4).map { ("\($0).png", try Made.png($0)) })
        let table = "file_name,age,kind,smile\n1.png,7,cat,-1\n2.png,,dog,1\n3.png,nan,,-1\n4.png,9,cat,NULL"
        let imported = try Imported(pictures.merging(["metadata.csv": Array(table.utf8)]) { $1 })
        #expect(imported.targets == [7, 0, -1, -1, 1, 1, -1, -1, -1, 9, 0, -2])
        #expect(imported.report.notes.count == 3)
        #expect(imported.report.notes[0].hasSuffix("2 fields of the column age are blank: -1 stands there."))
        #expect(imported.report.notes[2].hasSuffix("1 field of the column smile is blank: -2 stands there."))
        let lines = "{\"file_name\": \"1.png\", \"age\": 3}\n{\"file_name\": \"2.png\", \"age\": null}"
        let two = pictures.filter { ["1.png", "2.png"].contains($0.key) }
        #expect(try Imported(two.merging(["metadata.jsonl": Array(lines.utf8)]) { $1 }).targets == [3, -1])
    }

    @Test("of two rows for one picture that differ none is taken, and equal ones are one")
    func twice() throws {
        let picture = ["a.png": try Made.png(1)]
        let same = try Imported(picture.merging(["metadata.csv": Array("file_name,x\na.png,1\na.png,1".utf8)]) { $1 })
        #expect(same.targets == [1])
        let error = try sentence(picture.merging(["metadata.csv": Array("file_name,x\na.png,1\na.png,2".utf8)]) { $1 })
        #expect(error?.contains("has two rows for a.png, with 1 and 2: keep the right one") == true)
    }

    @Test("a picture without an ending is one, and what begins like none is named")
    func endings() throws {
        let imported = try Imported([
            "a.png": Made.png(1), "b": Made.png(2), "c.001": Made.png(3), "notes": [1, 2, 3], "d.bak": Made.png(4),
        ])
        #expect(imported.firsts == [10, 20, 30])
        #expect(imported.report.notes.contains("2 other files beside the pictures were not imported: d.bak, notes."))
    }

    @Test("a WebP that is turned behind its pixels has the size of the upright picture, also where they are many")
    func turnedBehindThePixels() throws {
        let small = Array(
            Data(base64Encoded: "UklGRjIAAABXRUJQVlA4ICYAAADQAQCdASoQABAAAsBMJaQAAjaf9MVUAAD++VDdJZr32hPSygAAAA==")!)
        func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
            let size = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bytes.count >> $0) }
            return Array(name.utf8) + size + bytes + [UInt8](repeating: 0, count: bytes.count % 2)
        }
        // A canvas of 16 × 8: the second byte of the height in the frame's header.
        var frame = Array(small[20...])
        frame[8] = 8
        let exif: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        let body =
            Array("WEBP".utf8) + chunk("VP8X", [0x0C, 0, 0, 0, 15, 0, 0, 7, 0, 0]) + chunk("VP8 ", frame)
            + chunk("XMP ", [UInt8](repeating: 32, count: 70_000)) + chunk("EXIF", exif)
        let imported = try Imported(["a.webp": chunk("RIFF", body)])
        #expect(imported.report.shape == ImageShape(channels: 3, height: 16, width: 8))
    }

    @Test("sizes: the source's own, 64 where there are several, and what is asked for; three ways to another aspect")
    func sizes() throws {
        let one: [String: [UInt8]] = ["a.png": try Made.png(1, width: 20, height: 10)]
        #expect(try Imported(one).report.shape == ImageShape(channels: 3, height: 10, width: 20))
        let two = try Imported(one.merging(["b.png": Made.png(2)]) { $1 })
        #expect(two.report.shape == ImageShape(channels: 3, height: 64, width: 64))
        #expect(two.report.notes == ["The pictures have 2 sizes, from 8 × 8 to 20 × 10: all became 64 × 64 (--size)."])
        for (rule, corner) in [(ResizeRule.fit, UInt8(0)), (.cover, 10), (.stretch, 10)] {
            let imported = try Imported(one) { ($0.size, $0.resize) = (PictureSize("12x12"), rule) }
            #expect(
                imported.report.shape == ImageShape(channels: 3, height: 12, width: 12) && imported.firsts == [corner])
        }
        let cropped = try Imported(one) { $0.crop = PictureCrop("6x4") }
        #expect(cropped.report.shape == ImageShape(channels: 3, height: 4, width: 6))
    }

    @Test("grey stays grey where all are, and --gray and --rgb decide")
    func colors() throws {
        let grey: [String: [UInt8]] = ["a.png": try Made.png(1, channels: 1)]
        let mixed = grey.merging(["b.png": try Made.png(2)]) { $1 }
        #expect(try Imported(grey).report.shape.channels == 1)
        #expect(try Imported(mixed).report.shape.channels == 3)
        #expect(try Imported(grey) { $0.color = .rgb }.report.shape.channels == 3)
        // 0.299 · 20 + 0.587 · 40 + 0.114 · 60 = 36.3
        #expect(try Imported(mixed) { $0.color = .gray }.firsts == [10, 36])
    }

    @Test("a share is held out by the seed, and only where there are no splits")
    func heldOut() throws {
        let files = try Dictionary(uniqueKeysWithValues: (1...20).map { ("\($0).png", try Made.png($0)) })
        func valid(_ seed: UInt64) throws -> [UInt8] {
            let imported = try Imported(files) { ($0.heldOutShare, $0.seed) = (0.25, seed) }
            #expect(imported.splits == ["train 15", "valid 5"])
            #expect(Set(imported.firsts).count == 20 && imported.firsts[..<15] == imported.firsts[..<15].sorted()[...])
            return Array(imported.firsts[15...])
        }
        #expect(try valid(1) == valid(1))
        #expect(try valid(1) != valid(2))
        let split = ["train/a.png": try Made.png(1), "test/b.png": try Made.png(2)]
        #expect(try sentence(split) { $0.heldOutShare = 0.5 }?.contains("has splits of its own (train, test)") == true)
    }

    @Test("all unreadable pictures are named at once, and may be left out")
    func unreadable() throws {
        var files = try Dictionary(uniqueKeysWithValues: (1...4).map { ("\($0).png", try Made.png($0)) })
        files["5.png"] = []
        files["6.jpg"] = Array("<html>Quota exceeded</html>".utf8)
        files["7.png"] = Array(try Made.png(7).dropLast(30))
        let error = try #require(try sentence(files))
        #expect(error.contains("3 of 7 pictures cannot be read") && error.contains("--skip-unreadable 3"))
        for part in ["5.png is empty", "6.jpg is a web page", "7.png: "] { #expect(error.contains(part), "\(error)") }
        #expect(try sentence(files) { $0.skipUnreadable = 2 }?.contains("3 of 7") == true)
        let imported = try Imported(files) { $0.skipUnreadable = 3 }
        #expect(imported.firsts == [10, 20, 30, 40])
        let skipped = try DatasetSummaryText.attributes(of: files) { $0.skipUnreadable = 3 }
        #expect(skipped["skipped"] == "3 pictures that could not be read")
    }

    @Test("names that are no UTF-8 are found, and equal names in two folders are two pictures")
    func names() throws {
        try withTemporaryFolder { folder in
            let raw = Array("\(folder)/".utf8) + [0xFF, 0xE9] + Array(".png".utf8)
            let bytes = try Made.png(3)
            let descriptor = (raw + [0]).withUnsafeBytes {
                open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
            }
            #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) } == bytes.count)
            close(descriptor)
            #expect(try ImageImport(folder).sentence == "\(folder)/ is a folder of 1 picture")
        }
        // "café" and "cafè" in Latin-1.
        try withTemporaryFolder { folder in
            for (last, number) in [(0xE9, 1), (0xE8, 2)] as [(UInt8, Int)] {
                let name = Array("\(folder)/caf".utf8) + [last]
                _ = (name + [0]).withUnsafeBytes {
                    mkdir($0.baseAddress!.assumingMemoryBound(to: CChar.self), 0o700)
                }
                let descriptor = (name + Array("/1.png".utf8) + [0]).withUnsafeBytes {
                    open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
                }
                let bytes = try Made.png(number)
                #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) } == bytes.count)
                close(descriptor)
            }
            #expect(try ImageImport(folder).sentence.hasSuffix("a folder of 2 pictures with 2 class folders"))
        }
    }

    @Test("each defect is one sentence, and nothing is left")
    func defects() throws {
        let a = try Made.png(1)
        let cases: [([String: [UInt8]], String, String)] = [
            (["a.png": Array(a.prefix(a.count * 6 / 10))], "", "a.png"),
            (["notes.txt": [65]], "", "holds no images that are known; its only file is notes.txt"),
            (["a.zip": Made.zip(["a.png": a]).dropLast(9) + []], "a.zip", "is not a whole zip archive; fetch it again"),
            (["a.zip": Array("<html>".utf8)], "a.zip", "is not a whole zip archive; fetch it again"),
            (["a.tar": Array(Made.tar(["a.png": a]).prefix(600))], "a.tar", "is not a whole tar archive"),
            (
                ["a.h5": [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0]], "a.h5",
                "trains as it is: give it to --data"
            ),
            (["x/train-0.parquet": Array("PAR1".utf8)], "", "is a Parquet file, which is not read: docs/data.md"),
            (["train/a.png": a, "b.png": a], "", "has train/a.png in a split's folder and b.png in none"),
            (["a.png": a, "metadata.csv": Array("file_name,x\nb.png,1".utf8)], "", "has no row for a.png"),
            (["a.png": a, "metadata.csv": Array("file_name,x\na.png".utf8)], "", "line 2 of"),
            (["a.png": a, "metadata.csv": Array("name,x\na.png,1".utf8)], "", "has no column file_name"),
            (
                ["x/a.png": a, "y/a.png": a, "metadata.csv": Array("file_name,x\na.png,1".utf8)], "",
                "has one row for a.png, which is x/a.png and y/a.png"
            ),
            (["a.png": a, "metadata.jsonl": Array("{".utf8)], "", "is no JSON object with a file_name"),
            (["a.png": a, "x.npy": Made.npy("|u1", [2, 8, 8], Made.bytes(128))], "", "(--as folder): say which"),
        ]
        for (files, name, part) in cases {
            let error = try sentence(files, name)
            #expect(error?.contains(part) == true && error?.contains("\n") == false, "\(part): \(error ?? "no error")")
        }
    }
}

/// The attributes of what an import writes.
enum DatasetSummaryText {
    static func attributes(
        of files: [String: [UInt8]], _ change: (inout ImportOptions) -> Void
    ) throws -> [String: String] {
        try withTemporaryFolder { folder in
            try Made.write(files, below: "\(folder)/source")
            var options = ImportOptions()
            change(&options)
            _ = try ImageImport("\(folder)/source", options: options).write(to: UnfinishedFile("\(folder)/out.h5"))
            return try DatasetSummary(of: ImageDataset("\(folder)/out.h5")).attributes
        }
    }
}
