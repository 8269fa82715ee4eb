import Foundation
import Pictures
import SourceSamples

/// A small source of every kind.
enum ImportSamples {
    static func all() throws -> [ImportSample] {
        let png = try PNG.encode(Image(width: 9, height: 7, channels: 3, pixels: Made.bytes(189)))
        let jpeg = try Array(Data(contentsOf: aligned))
        let pictures = ["a/1.png": png, "a/2.jpg": jpeg, "b/3.webp": webp, "metadata.csv": table]
        let images = Made.npy("|u1", [3, 8, 8], Made.bytes(192))
        let (bytes, labels) = (Made.bytes(192), Made.stored([7, 8, 9] as [Int64]))
        let datum = Made.datum([3, 8, 8], bytes, label: 5)
        let example = Made.example(["image": .bytes(png), "label": .integers([3])])
        let tensors = Made.pickle([
            "images": Made.Tensor("0", count: 192, [3, 8, 8], strides: [64, 1, 8]),
            "labels": Made.Tensor("1", "Long", count: 3, [3]),
        ])
        let pixels = (0..<64).map { "\($0 * 4)" }.joined(separator: ",")
        return [
            ImportSample(pictures, mutating: "a/1.png"), ImportSample(pictures, mutating: "a/2.jpg", from: 2),
            ImportSample(pictures, mutating: "b/3.webp"), ImportSample(pictures, mutating: "metadata.csv"),
            ImportSample(["a.zip": Made.zip(pictures)], mutating: "a.zip", importing: "a.zip"),
            ImportSample(["a.tar": Made.tar(pictures)], mutating: "a.tar", importing: "a.tar"),
            ImportSample(["a.npy": images], mutating: "a.npy", importing: "a.npy"),
            ImportSample(
                ["a.npz": Made.zip(["x_train.npy": images, "y_train.npy": Made.npy("<i8", [3], Made.bytes(24))])],
                mutating: "a.npz",
                importing: "a.npz"),
            ImportSample(
                ["a.npz": Made.zip(["arr_0.npy": images, "y.npy": Made.npy("|S3", [3], Array("catdogcat".utf8))])],
                mutating: "a.npz", importing: "a.npz"),
            ImportSample(
                ["a.npy": Made.npy("<f4", [3, 8, 8], Made.stored((0..<192).map { Float($0) / 191 }), fortran: true)],
                mutating: "a.npy", importing: "a.npy"),
            ImportSample(
                ["a_train.amat": Array("\(pixels.replacing(",", with: " ")) 7.0\n".utf8)], mutating: "a_train.amat"),
            ImportSample(Made.idx(), mutating: "train-images-idx3-ubyte"),
            ImportSample(Made.idx(), mutating: "train-labels-idx1-ubyte"),
            ImportSample(
                ["m.csv": Array("7,\(pixels)\n3,\(pixels)\n".utf8)], mutating: "m.csv", importing: "m.csv"),
            ImportSample(["data_batch_1": pickle], mutating: "data_batch_1", from: 0),
            ImportSample(["data_batch_1.bin": [6] + Made.bytes(3072)], mutating: "data_batch_1.bin"),
            ImportSample(
                ["data.mdb": Made.lmdb(["1": png, "2": png, "3": jpeg], pageSize: 256)], mutating: "data.mdb"),
            ImportSample(["data.mdb": Made.lmdb(["1": datum, "2": datum], pageSize: 256)], mutating: "data.mdb"),
            ImportSample(["data.mdb": datum], mutating: "data.mdb") { Made.lmdb(["1": $0, "2": $0]) },
            ImportSample(["a.tfrecord": Made.records([example, example])], mutating: "a.tfrecord"),
            ImportSample(["a.tfrecord": example], mutating: "a.tfrecord") { Made.records([$0, $0]) },
            ImportSample(["a.tfrecord": shaped(bytes)], mutating: "a.tfrecord") { Made.records([$0, $0]) },
            ImportSample(["a.pt": Made.torch(tensors, [bytes, labels])], mutating: "a.pt"),
            ImportSample(["a.pt": tensors], mutating: "a.pt") { Made.torch($0, [bytes, labels]) },
            ImportSample(celeba(jpeg), mutating: "list_attr_celeba.txt"),
            ImportSample(celeba(jpeg), mutating: "img_align_celeba/000001.jpg"),
        ]
    }

    static let matrices = [matrix, packedMatrix].map {
        ImportSample(["a.mat": Array(Data(base64Encoded: $0)!)], mutating: "a.mat", importing: "a.mat")
    }

    private static func shaped(_ bytes: [UInt8]) -> [UInt8] {
        Made.example([
            "image_raw": .bytes(bytes), "height": .integers([8]), "width": .integers([8]), "depth": .integers([3]),
        ])
    }

    private static let aligned = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../CommandTests/Files/aligned.jpg")

    private static let table = Array("file_name,kind\na/1.png,cat\na/2.jpg,dog\nb/3.webp,cat\n".utf8)

    private static func celeba(_ jpeg: [UInt8]) -> [String: [UInt8]] {
        [
            "img_align_celeba/000001.jpg": jpeg, "list_eval_partition.txt": Array("000001.jpg 0\n".utf8),
            "list_attr_celeba.txt": Array("1\nSmiling Young\n000001.jpg 1 -1\n".utf8),
        ]
    }

    /// One picture of CIFAR-10 as Python's pickle of protocol 3: `{"data": array (1, 3072), "labels": [6]}`.
    private static let pickle: [UInt8] = {
        func text(_ text: String) -> [UInt8] { [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
        func name(_ name: String) -> [UInt8] { Array("c\(name)\n".utf8) }
        let reconstruct =
            name("numpy.core.multiarray\n_reconstruct") + name("numpy\nndarray") + [
                0x4B, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x52,
            ]
        let type =
            name("numpy\ndtype") + text("u1") + [0x89, 0x88, 0x87, 0x52, 0x28, 0x4B, 3] + text("|") + [
                0x4E, 0x4B, 0, 0x74, 0x62,
            ]
        let state =
            [0x28, 0x4B, 1, 0x4B, 1, 0x4D, 0, 0x0C, 0x86] + type + [0x89, 0x42, 0, 0x0C, 0, 0] + Made.bytes(3072) + [
                0x74, 0x62,
            ]
        return [0x80, 3, 0x7D, 0x28] + text("data") + reconstruct + state + text("labels") + [
            0x5D, 0x4B, 6, 0x61, 0x75, 0x2E,
        ]
    }()

    // MARK: Made by SciPy's `savemat` and Pillow's `save`

    private static let webp = Array(
        Data(base64Encoded: "UklGRjIAAABXRUJQVlA4ICYAAADQAQCdASoQABAAAsBMJaQAAjaf9MVUAAD++VDdJZr32hPSygAAAA==")!)

    /// `X` (8, 8, 3, 4) and `y` (4, 1) of bytes.
    private static let matrix = """
        TUFUTEFCIDUuMCBNQVQtZmlsZSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\
        AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAAAAAAAAAAAAABSU0OAAAAOAMAAAYAAAAIAAAACQAAAAAAAAAFAAAAEAAAAAgAAAAI\
        AAAAAwAAAAQAAAABAAEAWAAAAAIAAAAAAwAAAGDAJYXlSqoMbMwxkfFWthh42D2dAmLCJITkSakObs4wkPBVtRp62jycAWHBJobmSKgNbc0ykv\
        JUtBl52T6eAwRkxCmJ6U6uEHDQNZX1WrocfNxBoQZmxiiI6E2tEnLSNJT0Wbkeft5AoAVlxSqK6kysEXHRNpb2WLgdfd1CogcIaMgtje1SshR0\
        1DmZ+V6+IIDgRaUKasosjOxRsRZ21jiY+F29IoLiRKQJackuju5QsBV11Tqa+ly8IYHhRqYLAWHBJobmS6sNbc0ykvJXtxl52T6eA2PDJYXlSq\
        oPb88xkfFWtht72z2dAmLCJ4fnSakObs4zk/NVtRp62j+fBAVlxSqK6k+vEXHRNpb2W7sdfd1CogdnxymJ6U6uE3PTNZX1Wroff99BoQZmxiuL\
        602tEnLSN5f3Wbkeft5DowgJackuju5TsxV11Tqa+l+/IYHhRqYLa8stje1Sshd31zmZ+V6+I4PjRaUKasovj+9RsRZ21jubAF29IoLiR6cMAm\
        LCJ4fnTKwObs4zk/NYuBp62j+fBGTEJobmS6sQcNAykvJXtxx83D6eA2PDKIjoSqoPb880lPRWtht720CgBQZmxiuL61CwEnLSN5f3XLweft5D\
        owhoyCqK6k+vFHTUNpb2W7sggOBCogdnxyyM7E6uE3PTOJj4Wroff99EpAkKasovj+9UtBZ21jubAGDAIoLiR6cMbMwuju5Tsxh42Dqa+l+/JI\
        TkRqYLa8swkPBSshd31zycAV6+I4PjSKgNA2PDKIjoTa0Pb880lPRZuRt720CgBWXFJ4fnTKwRcdEzk/NYuB193T+fBGTEKYnpS6sQcNA1lfVX\
        txx83EGhBgdnxyyM7FGxE3PTOJj4Xb0ff99EpAlpySuL61CwFXXVN5f3XLwhgeFDowhoyC2N7U+vFHTUOZn5W7sggOBFpQoLa8swkPBVtRd31z\
        ycAWHBI4PjSKgNbc0vj+9UtBl52TubAGDAJYXlR6cMbMwxkfFTsxh42D2dAl+/JITkSakODgAAADAAAAAGAAAACAAAAAkAAAAAAAAABQAAAAgA\
        AAAEAAAAAQAAAAEAAQB5AAAAAgAEAAEKAwQ=
        """

    private static let packedMatrix = """
        TUFUTEFCIDUuMCBNQVQtZmlsZSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\
        AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAAAAAAAAAAAAABSU0PAAAANgIAAHicLdJ3NNVxHMbxLy5dkbSlPbV3aO+hKEJdRVEU\
        RUvae28q7UGoVBRFURRFUUTR3mkptOdfPT0f957f+Z1zz/3j/XrOx0wpZWuglBHeWjzGSj6GeMzLf/v/4C9Kg0cPXx3e+qr8R8+0ZmveDDth6p\
        /TcduX0ecs5j/odVB/4pWmq1/bHTebfqtDyGfXRMuFj3oe0PNKb7727dDoSgG5nbZ/dUmoveBh70MGGu+MlhuKR5wyn5nfdeePsRfqLn7S77DR\
        5Gst1r93iK06+06X0O9uyfWXPusbbuiT2WrjB/uYKrNuW+/6qUuqt+Rp/4gKWt+stltKR52pPqew294/4y81XP5i0JGKU2+02VziFF9z7j3bPb\
        89UhuvfDUwytgvu93WMse4GkF3u+/7657SaMXLwUdNpGr4Sakac16qJl0lqvKMPKLqLHpMlNW6d0R13vGNqD5hGqkaeVqqxl2UqinXiaoWWEBU\
        g2XPiWq96SNRNrt/ETUgUitVzmelasJlqZp2k6ha8+4T1WRVEVHtgz8R1WO/ImrIMVOpso+RKl2SVHlnEIVRicKoRGFUojAqURhVqhzjpMo9Ra\
        p8s4jCqERhVKIwKlEYlSiMKlUuCVLlmSZV/jlE4RiIwjEQhWMgCsdAFI5BqhxipcotWap8MonCqERhVKIwKlEYlSiMKlVO8VLlkSpVftlEYVSi\
        MCpRGJUojEoURpUq10Sp8kqXqoBconAMROEYiMIxEIVjIArH8A8bo3ERDwAAACoAAAB4nONjYGAwAGI2IOYAYk4GCGCF8lmAmBGMGRkqgTQTUI\
        SRi5kFABkCAPs=
        """
}
