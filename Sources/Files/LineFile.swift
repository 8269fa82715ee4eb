import Glibc

/// A text file to which whole lines are added, each in one system call, so that a crash tears the last line at most.
public final class LineFile: Sendable {
    private let file: Descriptor

    /// Opens the file for adding, creating it where there is none.
    public init(_ path: String) throws(FileError) {
        file = try Descriptor(path, O_WRONLY | O_CREAT | O_APPEND, "open \(path)")
    }

    /// Adds a line.
    public func append(_ line: String) throws(FileError) {
        try file.write(Array((line + "\n").utf8))
    }
}
