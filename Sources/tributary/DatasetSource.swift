import Hashing
import Ingest
import Training

/// An image file as training sees it: the split `train`, and for held-out examples `valid`, or `test` where there is none.
struct DatasetSource: ExampleSource {
    private let dataset: ImageDataset
    private let rows: [Split: [Int]]
    /// The name of the held-out split in the file, or nil.
    let heldOut: String?
    let fingerprint: String

    /// Opens the file and reads it once for its fingerprint.
    ///
    /// - Parameter heldOut: The split to hold out, or nil for the usual one.
    init(_ path: String, heldOut wanted: String? = nil) throws {
        try ForeignFile.dataset.requireSafe(path)
        dataset = try ImageDataset(path)
        let names = Set(dataset.splits.map(\.name))
        heldOut = wanted ?? ["valid", "test"].first { names.contains($0) }
        rows = [
            .train: try dataset.rows(ofSplit: "train"),
            .valid: try heldOut.map { [dataset] in try dataset.rows(ofSplit: $0) } ?? [],
        ]
        fingerprint = try dataset.fingerprint(split: "train").description
    }

    var channels: Int { dataset.shape.channels }
    var height: Int { dataset.shape.height }
    var width: Int { dataset.shape.width }

    func count(_ split: Split) -> Int { rows[split]!.count }

    func pixels(of examples: [Int], in split: Split) throws -> [UInt8] {
        let places = rows[split]!
        return try dataset.pixels(rows: examples.map { places[$0] })
    }
}
