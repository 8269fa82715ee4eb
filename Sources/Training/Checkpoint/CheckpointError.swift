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
    /// What else can be done than to restore one, in words that follow "or".
    let remedy: String

    public var description: String {
        "none of the \(skipped.count) checkpoints in \(directory) can be used (\(skipped.map(\.description).joined(separator: "; "))): "
            + "restore one from a copy, or \(remedy)"
    }
}
