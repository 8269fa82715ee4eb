import Glibc

/// A file on its way to a name that nobody else loses.
///
/// It grows under a temporary name in the same folder and takes its own in `finish()`, in one step. Whoever looks finds nothing
/// of it before, and all of it after. An error, or a signal that asks a command to end, removes what there is of it. Only `kill -9` and a power failure
/// leave it, under the temporary name, and the next file of the same name removes that: the lock on it went with its process.
public final class UnfinishedFile {
    /// The name that it takes.
    public let path: String
    private let replaces: Bool
    private let file: TemporaryFile
    private var isFinished = false

    /// Begins a file.
    ///
    /// - Parameter replaces: Whether `finish()` may replace a regular file.
    /// - Throws: `FileExists` where `path` exists and may not be replaced, `FileError` where nothing can be written beside it.
    public convenience init(_ path: String, replacing replaces: Bool = false) throws {
        try self.init(path, replacing: replaces, mode: 0o666)
    }

    /// - Parameter mode: Who may do what with the file, before the process's mask.
    init(_ path: String, replacing replaces: Bool, mode: mode_t) throws {
        guard replaces || FileStatus(atLink: path) == nil else { throw FileExists(path: path) }
        self.path = path
        self.replaces = replaces
        TemporaryFile.removeAbandoned(beside: path)
        file = try TemporaryFile(beside: path, mode: mode)
        UnfinishedFiles.add(file.path)
    }

    deinit {
        UnfinishedFiles.forget(file.path)
        if !isFinished { try? PosixFileSystem().remove(file.path) }
    }

    /// Where its bytes are until it is finished, for a library that writes to paths.
    public var temporaryPath: String { file.path }

    /// Has the system begin to bring to the disk what was written, so that `finish()` waits less.
    public func beginSynchronizing() { file.descriptor.beginSynchronizing() }

    /// Writes bytes at a place, from the beginning where none is named.
    public func write(_ bytes: [UInt8], at offset: Int = 0) throws(FileError) {
        try file.descriptor.write(bytes, at: offset)
    }

    /// Forces the bytes to the disk and gives the file its name.
    ///
    /// - Throws: `FileExists` where something else took the name meanwhile, `FileError`.
    public func finish() throws {
        precondition(!isFinished, "expected one finish(), got another")
        try file.descriptor.synchronize()
        if replaces {
            try replace()
        } else {
            try file.move(to: path)
        }
        isFinished = true
        let system = PosixFileSystem()
        try system.synchronize(directory: PosixFileSystem.directory(of: path))
    }

    /// What is no file, or became none since it was looked at, stays. Who could do what with the file can do it with the new one, where the
    /// file system lets its owner say so.
    private func replace() throws {
        let replaced = FileStatus(atLink: path)
        guard [nil, .regular].contains(replaced?.kind) else { throw FileExists(path: path) }
        if let replaced { try? file.descriptor.setPermissions(replaced.permissions) }
        try PosixFileSystem().rename(file.path, to: path)
    }
}

/// A file that is not to be replaced.
public struct FileExists: Error, Hashable, CustomStringConvertible {
    public let path: String

    public init(path: String) { self.path = path }

    public var description: String { "\(path) exists; name another, or say --force" }
}
