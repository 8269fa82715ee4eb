import ConfigurationFiles
import Files
import Hashing
import Ingest
import Training

/// An image file as training sees it: the split that a model is fitted to, and the one that is held out.
struct DatasetSource: ExampleSource {
    let dataset: ImageDataset
    /// The rows of each split in the file.
    let rows: [Split: [Int]]
    private let images: SealedImages
    private let storedLabels: StoredLabels
    /// The name of the held-out split in the file, or nil.
    let heldOut: String?
    let fingerprint: String
    /// What the file was taken for, and what should be known of it.
    let lines: [String]

    /// Opens the file and reads it once for its fingerprint.
    ///
    /// - Parameters:
    ///   - data: How it is read, where it does not say so itself.
    ///   - output: What is written, beside which pixels may be unpacked.
    init(_ path: String, _ data: DataDescription? = nil, beside output: String? = nil) throws {
        try self.init(path, data, output) { try $0.choice() }
    }

    /// A file that a trained model is judged by; nothing is trained on it, so any split will do.
    ///
    /// - Parameter split: Its name; nil for the usual held-out one, or for what there is.
    init(_ path: String, _ data: DataDescription?, judging split: String?) throws {
        try self.init(path, data, nil) { try $0.choice(judging: split) }
    }

    private init(
        _ path: String, _ data: DataDescription?, _ output: String?, _ choose: (ImageDataset) throws -> SplitChoice
    ) throws {
        let dataset = try Self.open(path, data, beside: output)
        defer { Terminal.standardError.status("") }
        let choice = try choose(dataset)
        self.dataset = dataset
        images = try SealedImages(dataset, choice)
        storedLabels = StoredLabels(dataset)
        rows = [.train: choice.train.rows, .valid: choice.heldOut?.rows ?? []]
        heldOut = choice.heldOut?.name
        fingerprint = images.fingerprint.description
        lines = ["data: \(dataset.sentence); \(choice)"] + dataset.notes.map { "note: \($0)" }
    }

    /// Opens a file here once another process has.
    static func open(_ path: String, _ data: DataDescription?, beside output: String? = nil) throws -> ImageDataset {
        let options = try data?.readingOptions() ?? ReadingOptions()
        Terminal.standardError.status("checking \(path)")
        defer { Terminal.standardError.status("") }
        try ForeignFile.dataset.requireSafe(path, reading: data)
        let progress = ReadingTicker()
        return try ImageDataset(path, options, scratch: ScratchFile.folder(beside: output)) {
            progress.show($0, $1, $2)
        }
    }

    var channels: Int { images.shape.channels }
    var height: Int { images.shape.height }
    var width: Int { images.shape.width }

    func count(_ split: Split) -> Int { rows[split]!.count }

    func pixels(of examples: [Int], in split: Split) throws -> [UInt8] {
        let places = rows[split]!
        return try images.pixels(rows: examples.map { places[$0] })
    }

    func labels(of examples: [Int], in split: Split) throws -> [Int?] {
        let (labels, places) = (try storedLabels.all(), rows[split]!)
        return examples.map { labels.isEmpty ? nil : labels[places[$0]] }
    }
}
