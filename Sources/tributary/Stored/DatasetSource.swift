import Files
import Ingest
import Training
import Tributary

/// An image file of a stranger: another process opens it first, and the terminal shows how far it is.
typealias DatasetSource = Dataset

extension Dataset {
    /// Opens the file and reads it once for its fingerprint.
    ///
    /// - Parameters:
    ///   - data: How it is read, where it does not say so itself.
    ///   - output: What is written, beside which pixels may be unpacked.
    init(_ path: String, _ data: DataDescription?, beside output: String? = nil) throws {
        defer { Terminal.standardError.status("") }
        let dataset = try Self.open(path, data, beside: output)
        try self.init(dataset, dataset.choice())
    }

    /// A file that a trained model is judged by; nothing is trained on it, so any split will do.
    ///
    /// - Parameter split: Its name; nil for the usual held-out one, or for what there is.
    init(_ path: String, _ data: DataDescription?, judging split: String?) throws {
        defer { Terminal.standardError.status("") }
        let dataset = try Self.open(path, data)
        try self.init(dataset, dataset.choice(judging: split))
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
}
