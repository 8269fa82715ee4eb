import ConfigurationFiles
import Ingest
import Training
import Tributary

/// A file's images with what it says of each of them, as a trained model sees them.
struct AnnotatedImages {
    let dataset: ImageDataset
    /// What the file says, image by image: its targets, K numbers each.
    let targets: [Double]
    /// What a model is fitted to, and what it is judged by.
    let choice: SplitChoice

    /// Opens a file.
    ///
    /// - Parameter split: The name of the split to judge by; nil for the usual held-out one, or for what there is.
    /// - Throws: `ConfigurationProblem` where the images do not fit the model, and what reading throws.
    init(_ path: String, _ reading: DataOptions, judging split: String? = nil, for program: TrainingProgram) throws {
        dataset = try DatasetSource.open(path, reading.added(to: program.configuration.data))
        let shape = dataset.shape
        try program.check(channels: shape.channels, height: shape.height, width: shape.width)
        targets = try dataset.targetValues()
        choice = try dataset.choice(judging: split)
    }

    /// The images to judge by.
    var judged: ImageSplit { choice.heldOut ?? choice.train }

    /// The names of the targets.
    var targetNames: [String] {
        guard let targets = dataset.targets else { return [] }
        guard targets.names.isEmpty else { return targets.names }
        return targets.columnCount == 1 ? ["label"] : (0..<targets.columnCount).map { "target_\($0)" }
    }

    /// The targets of some images, image by image.
    func targets(of rows: [Int]) -> [Double] {
        let width = dataset.targets?.columnCount ?? 0
        return rows.flatMap { targets[$0 * width..<($0 + 1) * width] }
    }

    /// Works on images some at a time, and says how far it is.
    func eachPiece(of rows: [Int], _ what: String, _ work: (_ rows: [Int], _ pixels: [UInt8]) throws -> Void) throws {
        try ImageTicker.watch(what, rows.count) { progress in
            for start in stride(from: 0, to: rows.count, by: Self.piece) {
                let some = Array(rows[start..<min(start + Self.piece, rows.count)])
                try work(some, dataset.pixels(rows: some))
                progress(start + some.count)
            }
        }
    }

    /// Images that are in memory at a time.
    private static let piece = 512
}
