/// Why a file is no checkpoint that can be used.
public struct CheckpointError: Error, Hashable, CustomStringConvertible {
    /// The path or name of the file.
    public let file: String
    public let reason: String

    public var description: String { "\(file) \(reason)" }
}
