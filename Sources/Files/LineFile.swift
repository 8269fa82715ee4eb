import Synchronization

/// A text file to which whole lines are added. A crash tears the last line at most; so does a failure, until the next line is
/// written over what it left.
public final class LineFile: Sendable {
    private let path: String
    private let files: any FileSystem
    /// The length of the whole lines, in bytes.
    private let length: Mutex<Int>

    /// Replaces the file by these lines, or creates it.
    public init(_ path: String, lines: [String], files: any FileSystem = PosixFileSystem()) throws(FileError) {
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        try files.replaceDurably(path, bytes)
        self.path = path
        self.files = files
        length = Mutex(bytes.count)
    }

    /// Adds a line, which may still be lost with the machine's power.
    public func append(_ line: String) throws(FileError) {
        let bytes = Array((line + "\n").utf8)
        try length.withLock { length throws(FileError) in
            try files.write(bytes, to: path, at: length)
            length += bytes.count
        }
    }

    /// Forces the lines to the disk.
    public func synchronize() throws(FileError) {
        try files.synchronize(file: path)
    }
}
