/// What an import wrote.
public struct ImportReport: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A split by name and number of images.
    public struct Split: Codable, Hashable, Sendable {
        public let name: String
        public let count: Int
    }

    /// The file that was written.
    public let path: String
    /// What the source was taken for.
    public let takenFor: String
    public let shape: ImageShape
    public let splits: [Split]
    public let targetNames: [String]
    /// What was assumed or left out, a sentence each.
    public let notes: [String]

    init(_ path: String, _ plan: FuelWriter.Plan, takenFor: String, notes: [String]) {
        self.path = path
        self.takenFor = takenFor
        shape = plan.shape
        splits = plan.splits.map { Split(name: $0.name, count: $0.count) }
        targetNames = plan.targetNames
        self.notes = notes
    }

    /// The number of images in all splits.
    public var count: Int { splits.reduce(0) { $0 + $1.count } }

    public var description: String {
        let parts = splits.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        let advice = splits.map(\.name) == [SplitWord.train.rawValue] ? [Self.nothingHeldOut] : []
        return (["\(path): \(counted(count, "image")) of \(shape) (\(parts))"] + notes + advice).joined(separator: "\n")
    }

    private static let nothingHeldOut =
        "Nothing is held out to judge the training by: --split 0.1 would hold out a tenth of the images."
}

/// How far an import is.
public enum ImportStage: Hashable, Sendable {
    /// So many bytes of an archive are unpacked.
    case unpacked(Int)
    /// So many of all images or numbers are looked at, for their sizes or their range.
    case lookedAt(Int, of: Int)
    /// So many of all images are written.
    case written(Int, of: Int)
}

/// Told how far an import is.
public typealias ImportProgress = (ImportStage) -> Void
