import ConfigurationFiles
import Files
import Hashing
import Ingest
import Training

/// An HDF5 file of images as training sees it: the split that a model is fitted to, and the one that is held out.
///
///     let faces = try Dataset("faces.h5")
///     faces.count(.train)
///     let first = try faces.images(0..<8, in: .valid)
///
/// `tributary data` makes such files of pictures in folders and archives, NumPy arrays and others; HDF5 files of many other layouts are
/// taken as they are.
public struct Dataset: ExampleSource {
    package let dataset: ImageDataset
    /// The rows of each split in the file.
    package let rows: [Split: [Int]]
    /// The name of the held-out split in the file, or nil.
    public let heldOut: String?
    /// The SHA-256 of the training split's pixels, which a run's contract names.
    public let fingerprint: String
    /// What the file was taken for, and what should be known of it, a sentence each.
    public let notes: [String]
    private let images: SealedImages
    private let storedLabels: StoredLabels

    /// Opens the file and reads it once for its fingerprint.
    ///
    /// The HDF5 library reads it in this process, and crashes on some files that were made to do harm: open none from strangers.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - reading: How it is read, where it does not say so itself.
    /// - Throws: One sentence: the library cannot read it, it holds no images, or could mean two things.
    public init(_ path: String, reading: DataDescription? = nil) throws {
        let dataset = try ImageDataset(path, reading?.readingOptions() ?? ReadingOptions())
        try self.init(dataset, dataset.choice())
    }

    /// - Parameter choice: Which splits of an open file are used.
    package init(_ dataset: ImageDataset, _ choice: SplitChoice) throws {
        self.dataset = dataset
        images = try SealedImages(dataset, choice)
        storedLabels = StoredLabels(dataset)
        rows = [.train: choice.train.rows, .valid: choice.heldOut?.rows ?? []]
        heldOut = choice.heldOut?.name
        fingerprint = images.fingerprint.description
        notes = ["data: \(dataset.sentence); \(choice)"] + dataset.notes.map { "note: \($0)" }
    }

    public var channels: Int { images.shape.channels }
    public var height: Int { images.shape.height }
    public var width: Int { images.shape.width }

    /// The number of images in a split; `valid` may have none.
    public func count(_ split: Split) -> Int { rows[split]!.count }

    /// Some images of a split, by their places in it.
    ///
    /// - Throws: `DataError` or `H5Error` where the file has changed.
    public func images(_ examples: some Sequence<Int>, in split: Split = .train) throws -> Images {
        Images(
            channels: channels, height: height, width: width,
            bytes: try pixels(of: Array(examples), in: split))
    }

    public func pixels(of examples: [Int], in split: Split) throws -> [UInt8] {
        let places = rows[split]!
        return try images.pixels(rows: examples.map { places[$0] })
    }

    public func labels(of examples: [Int], in split: Split) throws -> [Int?] {
        let (labels, places) = (try storedLabels.all(), rows[split]!)
        return examples.map { labels.isEmpty ? nil : labels[places[$0]] }
    }
}
