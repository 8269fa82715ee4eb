import Files
import Foundation
import Ingest
import Testing

@Suite("Importing MNIST")
struct MNISTImportTests {
    /// Three training images and two test images of 2 × 2, as IDX files.
    private let files: [String: [UInt8]] = [
        "train-images-idx3-ubyte": [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2] + Array(10..<22),
        "train-labels-idx1-ubyte": [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 9],
        "t10k-images.idx3-ubyte": [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2] + Array(100..<108),
        "t10k-labels-idx1-ubyte": [0, 0, 8, 1, 0, 0, 0, 2, 1, 2],
    ]

    private func write(_ files: [String: [UInt8]], to folder: String) throws {
        for (name, bytes) in files { try bytes.write(to: "\(folder)/\(name)") }
    }

    @Test("four files become one dataset with two splits and the digits")
    func whole() throws {
        try withTemporaryFolder { folder in
            try write(files, to: folder)
            let report = try ImageImport(folder, as: "mnist").write(to: UnfinishedFile("\(folder)/mnist.h5"))
            #expect(report.description == "\(folder)/mnist.h5: 5 images of 1 × 2 × 2 (train 3, test 2)")
            let dataset = try ImageDataset("\(folder)/mnist.h5")
            #expect(try dataset.pixels(rows: dataset.rows(ofSplit: "train")) == Array(10..<22))
            #expect(try dataset.pixels(rows: dataset.rows(ofSplit: "test")) == Array(100..<108))
            #expect(try dataset.targetValues() == [5, 0, 9, 1, 2])
            #expect(dataset.targets?.names == ["digit"])
        }
    }

    @Test(
        "each way a file can be wrong is a sentence that names it, and nothing is written",
        arguments: [
            ("train-images-idx3-ubyte", nil, "has no train-images-idx3-ubyte"),
            ("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2], "is truncated"),
            ("train-images-idx3-ubyte", [0, 0, 8], "is truncated"),
            ("train-labels-idx1-ubyte", [0, 0, 8, 3, 0, 0, 0, 3, 5, 0, 9], "is not an IDX file of bytes with 1 axes"),
            ("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 5, 0], "has 2 labels for 3 images"),
            ("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 10], "has the label 10"),
            ("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3], "is too long"),
            (
                "t10k-images.idx3-ubyte",
                [0, 0, 8, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "is truncated"
            ),
        ] as [(String, [UInt8]?, String)])
    func wrong(name: String, bytes: [UInt8]?, problem: String) throws {
        try withTemporaryFolder { folder in
            var files = files
            files[name] = bytes
            try write(files, to: folder)
            let error = #expect(throws: DataError.self) {
                try ImageImport(folder, as: "mnist").write(to: UnfinishedFile("\(folder)/out.h5"))
            }
            #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
            #expect(try names(in: folder) == files.keys.sorted())
        }
    }

    @Test(
        "the original files give 70,000 images", .enabled(if: RealData.isThere, "the folder of real data is not here"))
    func real() throws {
        try withTemporaryFolder { folder in
            _ = try ImageImport("\(RealData.folder)/mnist", as: "mnist").write(to: UnfinishedFile("\(folder)/mnist.h5"))
            let dataset = try ImageDataset("\(folder)/mnist.h5")
            #expect(dataset.splits.map { "\($0.name) \($0.rows.count)" } == ["train 60000", "test 10000"])
            // The same images as in a file that h5py wrote: the first 800 of train and the first 200 of test.
            let other = try ImageDataset("\(RealData.folder)/h5_layouts/fuel_mnist.hdf5")
            #expect(try dataset.pixels(rows: 0..<800) == other.pixels(rows: 0..<800))
            #expect(try dataset.pixels(rows: 60_000..<60_200) == other.pixels(rows: 800..<1000))
            #expect(try dataset.targetValues()[..<800] == other.targetValues()[..<800])
        }
    }
}
