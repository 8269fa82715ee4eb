import Glibc

/// A folder of files on its way to a name that nobody else loses.
///
/// As `UnfinishedFile`: it grows under a temporary name beside its own and takes that in `finish()`, in one step. An error, or a signal
/// that asks a command to end, removes what there is of it. What `kill -9` leaves goes with the next folder of the same name.
public final class UnfinishedFolder {
    /// The name that it takes.
    public let path: String
    /// Where its files are until it is finished, for a library that writes to paths.
    public let temporaryPath: String
    /// Held as long as somebody writes here.
    private let lock: Descriptor
    private var isFinished = false

    /// Begins a folder.
    ///
    /// - Throws: `FolderNotEmpty` where there is anything at `path` but an empty folder, `FileError` where nothing can be written beside it.
    public init(_ path: String) throws {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try FolderNotEmpty.requireNothing(at: path)
        TemporaryFile.removeAbandoned(beside: self.path)
        let folder = try TemporaryFolder(beside: self.path)
        temporaryPath = folder.path
        lock = folder.descriptor
        UnfinishedFiles.add(temporaryPath)
    }

    deinit {
        UnfinishedFiles.forget(temporaryPath)
        if !isFinished { PosixFileSystem().removeAll(temporaryPath) }
    }

    /// Writes a file of the folder, and forces it to the disk.
    public func write(_ bytes: [UInt8], to name: String) throws(FileError) {
        try PosixFileSystem().createDurably("\(temporaryPath)/\(name)", bytes)
    }

    /// Gives the folder its name. The C function is `rename`, which replaces an empty folder alone.
    ///
    /// - Throws: `FolderNotEmpty` where something else took the name meanwhile, `FileError`.
    public func finish() throws {
        precondition(!isFinished, "expected one finish(), got another")
        let system = PosixFileSystem()
        try system.synchronize(directory: temporaryPath)
        try FolderNotEmpty.requireNothing(at: path)
        try system.rename(temporaryPath, to: path)
        isFinished = true
        try system.synchronize(directory: PosixFileSystem.directory(of: path))
    }
}

/// A name for a folder at which there is something.
public struct FolderNotEmpty: Error, Hashable, CustomStringConvertible {
    public let path: String

    public var description: String { "\(path) exists and is not an empty folder; name another" }

    /// - Throws: `FolderNotEmpty` unless a path leads to nothing or to an empty folder.
    public static func requireNothing(at path: String) throws {
        guard FileStatus(atLink: path) != nil else { return }
        guard FileStatus(path)?.kind == .directory, (try? PosixFileSystem().names(in: path)) == [] else {
            throw FolderNotEmpty(path: path)
        }
    }
}

extension PosixFileSystem {
    /// Removes a file, or a folder with all that is in it, as far as that is possible. Links are removed and not followed.
    func removeAll(_ path: String) {
        guard FileStatus(atLink: path)?.kind == .directory else { return _ = try? remove(path) }
        for name in (try? names(in: path)) ?? [] { removeAll("\(path)/\(name)") }
        try? removeDirectory(path)
    }
}
