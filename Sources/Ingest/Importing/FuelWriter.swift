import Files
import Storage

/// Writes an image dataset in Fuel's layout, batch by batch.
///
/// The file has `/features` (N, C, H, W) and, where there are targets, `/targets` (N, K), both uint8 in one piece with
/// their axis names, and the `split` attribute. It has its name after `finish()`; a writer that goes before that takes what it
/// wrote with it.
///
/// Source: mila-iqia/fuel, `fuel/converters/celeba.py` and `H5PYDataset`.
public final class FuelWriter {
    /// What the file will hold.
    public struct Plan: Sendable {
        public var shape: ImageShape
        /// The splits in the order of their rows.
        public var splits: [Split]
        /// A name for each column of the targets; empty where there are no targets.
        public var targetNames: [String]
        /// Attributes of the root group that say where the images come from, such as `source` and `crop`.
        public var provenance: [String: String]

        public init(
            shape: ImageShape, splits: [Split], targetNames: [String] = [], provenance: [String: String] = [:]
        ) {
            self.shape = shape
            self.splits = splits
            self.targetNames = targetNames
            self.provenance = provenance
        }

        /// The number of images in all splits.
        public var count: Int { splits.reduce(0) { $0 + $1.count } }
    }

    /// A split by name and number of images.
    public struct Split: Hashable, Sendable {
        public var name: String
        public var count: Int

        public init(_ name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    private let output: UnfinishedFile
    private let plan: Plan
    private var file: File?
    private var features: Dataset?
    private var targets: Dataset?
    private var written = 0

    /// Begins a file.
    public init(_ output: UnfinishedFile, _ plan: Plan) throws {
        precondition(plan.count > 0 && plan.shape.count > 0, "expected images to write, got a plan for none")
        self.output = output
        self.plan = plan
        try writing {
            let file = try File.create(over: output.temporaryPath)
            self.file = file
            try createFeatures(in: file)
            try createTargets(in: file)
            for (name, value) in plan.provenance.sorted(by: { $0.key < $1.key }) {
                try file.root.setAttribute(name, value)
            }
        }
    }

    /// Says the path that was asked for, not the temporary one, where the library fails.
    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as H5Error {
            throw DataError(output.path, "cannot be written: \(error.reason)")
        }
    }

    private func createFeatures(in file: File) throws {
        let shape = [plan.count, plan.shape.channels, plan.shape.height, plan.shape.width]
        features = try file.root.createDataset("features", of: UInt8.self, shape: shape)
        try name(["batch", "channel", "height", "width"], ofAxes: features)
    }

    private func createTargets(in file: File) throws {
        guard !plan.targetNames.isEmpty else { return }
        let shape = [plan.count, plan.targetNames.count]
        targets = try file.root.createDataset("targets", of: UInt8.self, shape: shape)
        try name(["batch", "index"], ofAxes: targets)
        try targets?.setAttribute(DatasetNames.targetNames, plan.targetNames)
    }

    /// Once as h5py and Fuel look for them, and once as they can be read without danger.
    private func name(_ axes: [String], ofAxes dataset: Dataset?) throws {
        try dataset?.setVariableLengthAttribute(DatasetNames.dimensionLabels, axes)
        try dataset?.setAttribute(DatasetNames.axes, axes)
    }

    /// Adds whole images, each channel by channel and row by row, and as many rows of targets.
    public func append(pixels: [UInt8], targets rows: [UInt8] = []) throws {
        let images = pixels.count / plan.shape.count
        precondition(
            pixels.count == images * plan.shape.count && rows.count == images * plan.targetNames.count
                && written + images <= plan.count,
            "expected whole images of \(plan.shape.count) bytes with \(plan.targetNames.count) targets each, at most "
                + "\(plan.count - written) of them, got \(pixels.count) bytes and \(rows.count) targets")
        try writing {
            try features?.write(pixels, rows: written..<written + images)
            try targets?.write(rows, rows: written..<written + images)
        }
        written += images
    }

    /// Completes the file, forces it to the disk and gives it its name.
    public func finish() throws {
        precondition(written == plan.count, "expected \(plan.count) images before the end, got \(written)")
        precondition(file != nil, "expected one finish(), got another")
        try writing {
            try file?.root.setSplits(splitEntries())
            try file?.flush()
        }
        close()
        try output.finish()
    }

    /// Lets go of the library's file, which closes it.
    private func close() {
        (features, targets, file) = (nil, nil, nil)
    }

    private func splitEntries() -> [SplitEntry] {
        let sources = plan.targetNames.isEmpty ? ["features"] : ["features", "targets"]
        var start = 0
        return plan.splits.flatMap { split in
            let rows = start..<start + split.count
            start = rows.upperBound
            return sources.map { SplitEntry(split: split.name, source: $0, rows: rows) }
        }
    }
}

/// The names of attributes that writer and reader share.
enum DatasetNames {
    /// The axis names of a dataset, of fixed length. This one is ours.
    static let axes = "axes"

    /// The axis names of a dataset as h5py and the library's own dimension scales want them: of variable lengths, as a rule.
    static let dimensionLabels = "DIMENSION_LABELS"

    /// The names of the targets' columns. Fuel has no place for them; this one is ours.
    static let targetNames = "names"
}
