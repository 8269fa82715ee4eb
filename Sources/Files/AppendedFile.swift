import Glibc

/// A file that somebody reads and that only grows, such as a log; what is there already stays.
public final class AppendedFile: Sendable {
    private let file: Descriptor

    /// Opens a file, or makes it.
    ///
    /// - Throws: `FileError`.
    public init(_ path: String) throws(FileError) {
        file = try Descriptor(path, O_WRONLY | O_APPEND | O_CREAT, "open \(path)")
    }

    /// Adds bytes at its end, wherever that is by now: with `O_APPEND`, Linux's `pwrite` passes over the position.
    public func append(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }
}
