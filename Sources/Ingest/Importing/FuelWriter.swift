import Files
import Storage

/// Writes an image dataset in Fuel's layout, batch by batch.
///
/// The file has `/features` (N, C, H, W) and, where there are targets, `/targets` (N, K), of bytes and of bytes or int32, in one piece with
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
        /// How targets are stored.
        public var targetElement: TargetElement
        /// For columns of the targets that number names: those names, in the dataset `class_names`.
        public var classes: [String: [String]]
        /// Attributes of the root group that say where the images come from, such as `source` and `crop`.
        public var provenance: [String: String]

        public init(
            shape: ImageShape, splits: [Split], targetNames: [String] = [], targetElement: TargetElement = .byte,
            classes: [String: [String]] = [:], provenance: [String: String] = [:]
        ) {
            self.shape = shape
            self.splits = splits
            self.targetNames = targetNames
            self.targetElement = targetElement
            self.classes = classes
            self.provenance = provenance
        }

        /// The number of images in all splits.
        public var count: Int { splits.reduce(0) { $0 + $1.count } }
    }

    /// The numbers that targets are stored as.
    public enum TargetElement: Sendable {
        case byte
        /// For more than 256 classes, and for -1, which means unknown.
        case int32
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
    /// For each split, how many of its images are written.
    private var written: [Int]

    /// Begins a file.
    public init(_ output: UnfinishedFile, _ plan: Plan) throws {
        precondition(plan.count > 0 && plan.shape.count > 0, "expected images to write, got a plan for none")
        self.output = output
        self.plan = plan
        written = plan.splits.map { _ in 0 }
        try writing {
            let file = try File.create(over: output.temporaryPath)
            self.file = file
            try createFeatures(in: file)
            try createTargets(in: file)
            for (name, value) in plan.provenance.sorted(by: { $0.key < $1.key }) {
                let isLong = value.utf8.count > DatasetNames.mostBytesOfAttribute
                try file.root.setAttribute(name, isLong ? value.prefix(1000) + "…" : value)
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
        switch plan.targetElement {
        case .byte: targets = try file.root.createDataset("targets", of: UInt8.self, shape: shape)
        case .int32: targets = try file.root.createDataset("targets", of: Int32.self, shape: shape)
        }
        try name(["batch", "index"], ofAxes: targets)
        if let targets { try DatasetNames.writeTargetNames(plan.targetNames, of: targets, in: file.root) }
        for (column, names) in plan.classes.sorted(by: { $0.key < $1.key }) {
            let place = plan.targetNames.count == 1 ? DatasetNames.classNames : "\(DatasetNames.classNames) \(column)"
            try file.root.write(place, names, shape: [names.count])
        }
    }

    /// Once as h5py and Fuel look for them, and once as they can be read without danger.
    private func name(_ axes: [String], ofAxes dataset: Dataset?) throws {
        try dataset?.setVariableLengthAttribute(DatasetNames.dimensionLabels, axes)
        try dataset?.setAttribute(DatasetNames.axes, axes)
    }

    /// Adds whole images, each channel by channel and row by row, and as many rows of targets, split after split.
    public func append(pixels: [UInt8], targets rows: [Int32] = []) throws {
        let images = pixels.count / plan.shape.count
        var done = 0
        while done < images {
            let split = plan.splits.indices.first { written[$0] < plan.splits[$0].count }
            guard let split else { preconditionFailure("expected at most \(plan.count) images, got more") }
            let next = done + min(images - done, plan.splits[split].count - written[split])
            let columns = plan.targetNames.count
            try append(
                pixels: Array(pixels[done * plan.shape.count..<next * plan.shape.count]),
                targets: Array(rows[done * columns..<next * columns]), toSplit: split)
            done = next
        }
        precondition(
            pixels.count == images * plan.shape.count && rows.count == images * plan.targetNames.count,
            "expected whole images of \(plan.shape.count) bytes with \(plan.targetNames.count) targets each, "
                + "got \(pixels.count) bytes and \(rows.count) targets")
    }

    /// Adds whole images behind those that a split has.
    public func append(pixels: [UInt8], targets values: [Int32], toSplit split: Int) throws {
        let images = pixels.count / plan.shape.count
        let start = plan.splits[..<split].reduce(0) { $0 + $1.count } + written[split]
        precondition(
            pixels.count == images * plan.shape.count && values.count == images * plan.targetNames.count
                && written[split] + images <= plan.splits[split].count,
            "expected whole images of \(plan.shape.count) bytes with \(plan.targetNames.count) targets each, at most "
                + "\(plan.splits[split].count - written[split]) of them, got \(pixels.count) bytes and \(values.count) targets"
        )
        try writing {
            try features?.write(pixels, rows: start..<start + images)
            switch plan.targetElement {
            case .byte: try targets?.write(values.map(UInt8.init), rows: start..<start + images)
            case .int32: try targets?.write(values, rows: start..<start + images)
            }
        }
        written[split] += images
        output.beginSynchronizing()
    }

    /// Completes the file, forces it to the disk and gives it its name.
    public func finish() throws {
        precondition(
            written == plan.splits.map(\.count),
            "expected \(plan.splits.map(\.count)) images before the end, got \(written)")
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

    /// The same in a dataset, where they are too many for an attribute.
    static let manyTargetNames = "target_names"

    /// What the numbers of the targets' only column stand for; of one of several columns, with its name behind it.
    static let classNames = "class_names"

    /// The split of each image, in a file without Fuel's table.
    static let split = "split"

    /// Attributes lie in an object header, which holds 64 KiB in all.
    static let mostBytesOfAttribute = 32 << 10

    /// Writes the names of columns into an attribute, or into a dataset where they are too many for one.
    static func writeTargetNames(_ names: [String], of targets: Dataset, in root: Group) throws(H5Error) {
        if names.count * (names.map(\.utf8.count).max() ?? 0) <= mostBytesOfAttribute {
            try targets.setAttribute(targetNames, names)
        } else {
            _ = try root.write(manyTargetNames, names, shape: [names.count])
        }
    }
}
