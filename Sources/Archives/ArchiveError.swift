/// A file that cannot be read as the archive it should be.
public struct ArchiveError: Error, Hashable, CustomStringConvertible {
    /// The path of the file, and the name of the member where it is about one.
    public let place: String

    /// What is wrong with it, in words that follow the place.
    public let reason: String

    public var description: String { "\(place) \(reason)" }

    static func member(_ name: String, of path: String, _ reason: String) -> ArchiveError {
        ArchiveError(place: "\(name) in \(path)", reason: reason)
    }
}
