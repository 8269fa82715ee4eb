import Ingest
import SourceSamples
import Testing

@Suite("Importing tensors of PyTorch")
struct TorchImportTests {
    private let images = Made.Tensor("0", count: 192, [3, 8, 8])
    private let labels = Made.Tensor("1", "Long", count: 3, [3])
    private let storages = [Made.bytes(192), Made.stored([7, 8, 9] as [Int64])]

    @Test("a tensor, a pair and a dictionary are images, with labels, whatever the file is called")
    func forms() throws {
        for (pickle, targets) in [
            (Made.pickle(images), []), (Made.pickle(images, labels), [7, 8, 9]),
            (Made.pickle(["images": images, "labels": labels]), [7, 8, 9]),
        ] {
            for name in ["a.pt", "anything"] {
                let imported = try Imported([name: Made.torch(pickle, storages)], name)
                #expect(imported.firsts == [0, 192, 128] && imported.targets == targets)
                #expect(imported.report.takenFor == "tensors of PyTorch (\(name))" && imported.splits == ["train 3"])
            }
        }
        let named = try Imported(
            ["a.pt": Made.torch(Made.pickle(["images": images, "kinds": labels]), storages)], "a.pt"
        ) {
            $0.labels = "kinds"
        }
        #expect(named.targets == [7, 8, 9])
    }

    @Test("names of files and keys of dictionaries tell splits")
    func splits() throws {
        let pair = Made.torch(Made.pickle(images, labels), storages)
        let files = try Imported(["processed/training.pt": pair, "processed/test.pt": pair])
        #expect(files.splits == ["train 3", "test 3"] && files.targets == [7, 8, 9, 7, 8, 9])
        let keys = Made.pickle(["x_train": images, "y_train": labels, "x_test": images, "y_test": labels])
        #expect(try Imported(["a.pt": Made.torch(keys, storages)], "a.pt").splits == ["train 3", "test 3"])
    }

    @Test("a tensor may be a part of its numbers, in any order of the axes and of any type")
    func views() throws {
        func pixels(_ tensor: Made.Tensor, _ bytes: [UInt8]) throws -> [UInt8] {
            let imported = try Imported(["a.pt": Made.torch(Made.pickle(tensor), [bytes])], "a.pt")
            return try imported.dataset.pixels(rows: 0..<imported.dataset.count)
        }
        #expect(
            try pixels(Made.Tensor("0", count: 192, offset: 64, [2, 8, 8]), Made.bytes(192))
                == Array(Made.bytes(192)[64...]))
        // Interleaved in memory, and planes by their axes; then every second image.
        let planes = try pixels(Made.Tensor("0", count: 432, [2, 3, 8, 9], strides: [216, 1, 27, 3]), Made.bytes(432))
        #expect(planes[..<3] == [0, 21, 42] && planes[72] == 7)
        let gaps = try pixels(Made.Tensor("0", count: 256, [2, 8, 8], strides: [128, 8, 1]), Made.bytes(256))
        #expect(gaps == Array(Made.bytes(256)[..<64] + Made.bytes(256)[128..<192]))
        let halves = (0..<64).map { $0 % 2 == 0 ? 0 : 0x3C00 as UInt16 }
        #expect(try pixels(Made.Tensor("0", "Half", count: 64, [1, 8, 8]), Made.stored(halves))[..<2] == [0, 255])
        let floats = (0..<64).map { Float($0) / 63 }
        #expect(try pixels(Made.Tensor("0", "Float", count: 64, [1, 1, 8, 8]), Made.stored(floats)).last == 255)
    }

    @Test("each file that holds no tensors of images is one sentence, and nothing is run")
    func defects() throws {
        let good = Made.torch(Made.pickle(images), storages)
        var changed = good
        changed[try #require(good.firstRange(of: storages[0])).upperBound - 1] ^= 1
        let attack = Array("\u{2}cos\nsystem\nX".utf8) + [2, 0, 0, 0] + Array("ls".utf8) + [0x85, 0x52, 0x2E]
        let old: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        for (bytes, part) in [
            (changed, "is corrupt: CRC error"), (old, "before PyTorch 1.6: load it with PyTorch"),
            (Made.torch([0x80] + attack, []), "is a pickle that calls os.system, which is not allowed"),
            (
                Made.torch(Made.pickle(Made.Tensor("0", "BFloat16", count: 96, [1, 8, 8])), storages),
                "torch.BFloat16Storage"
            ),
            (Made.torch(Made.pickle(Made.Tensor("0", count: 192, [4, 8, 8])), storages), "do not lie in 192"),
            (Made.torch(Made.pickle(Made.Tensor("0", count: 999, [3, 8, 8])), storages), "a/data/0) are not there"),
            (Made.torch(Made.pickle(Made.Tensor("2", count: 192, [3, 8, 8])), storages), "a/data/2) are not there"),
            (
                Made.torch(Made.pickle(Made.Tensor("0", count: 192, [9, 8, 8], strides: [0, 8, 1])), storages),
                "repeats its numbers: save .contiguous() of it"
            ), (Made.torch(Made.pickle(labels), storages), "holds no array of images"),
            (Made.torch(Self.pairs(deep: 40), []), "stands for more values than it holds"),
        ] {
            let error = try sentence(["a.pt": bytes], "a.pt")
            #expect(error?.contains(part) == true, "\(error ?? "no error")")
        }
        #expect(try sentence(["a.zip": Made.zip(["a.pt": good])], "a.zip") != nil)
    }

    /// A pair of one pair twice, and so on: some hundred bytes that stand for 2⁴⁰ values and more.
    private static func pairs(deep count: UInt8) -> [UInt8] {
        [0x80, 2, 0x4B, 1, 0x85, 0x71, 0] + (0..<count).flatMap { [0x68, $0, 0x68, $0, 0x86, 0x71, $0 + 1] } + [0x2E]
    }
}
