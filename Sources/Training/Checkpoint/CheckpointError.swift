/// Why a file is no checkpoint that can be used.
public struct CheckpointError: Error, Hashable, CustomStringConvertible {
    /// The path or name of the file.
    public let file: String
    public let reason: String

    public var description: String { "\(file) \(reason)" }
}

/// A directory whose checkpoints are all damaged or from elsewhere.
public struct NoUsableCheckpoint: Error, Hashable, CustomStringConvertible {
    public let directory: String
    public let skipped: [CheckpointStore.Skipped]
    /// The best checkpoint, where it is whole, and the name under which a run goes on from it.
    let best: (path: String, asNewest: String)?

    public var description: String {
        "none of the \(skipped.count) checkpoints in \(directory) can be used (\(skipped.map(\.description).joined(separator: "; "))): "
            + "restore one from a copy, or \(remedy)"
    }

    private var remedy: String {
        guard let best else { return "begin a new run in another directory" }
        return "go on from the best one, which is whole: copy \(best.path) to \(best.asNewest)"
    }

    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
