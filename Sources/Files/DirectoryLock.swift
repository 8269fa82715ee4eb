import Glibc

/// The exclusive right to a directory, held as long as this value lives and lost with its process, however it dies.
///
/// The lock is the system's own on the file `lock` in the directory, which also names the holder's process.
public final class DirectoryLock: Sendable {
    private let file: Descriptor

    /// Takes the lock, or says who has it.
    ///
    /// - Parameter isWaiting: Whether to try for a second: a process that is being started has its parent's locks, until it is another
    ///   program.
    /// - Throws: `DirectoryInUse` where another process holds it, `NoLock` where a file `lock` is somebody else's, `FileError` where the
    ///   file cannot be made.
    public init(_ directory: String, isWaiting: Bool = true) throws {
        file = try Self.lockedFile(in: directory, attempts: isWaiting ? 100 : 1)
    }

    /// Who holds a directory.
    public enum Holder: Hashable, Sendable {
        /// A process, by its number on its machine.
        case process(Int32)
        case unknown
    }

    /// Who holds a directory now; nil where nobody does. Nothing is written, and whoever takes the lock at the same instant gets it.
    ///
    /// - Throws: `FileError` where it cannot be seen.
    public static func holder(of directory: String) throws(FileError) -> Holder? {
        let path = directory + "/lock"
        guard FileStatus(path)?.kind == .regular else { return nil }
        guard try !Descriptor(path, O_RDONLY, "open \(path)").isFree() else { return nil }
        return holder(path).map { .process($0) } ?? .unknown
    }

    private static func lockedFile(in directory: String, attempts: Int) throws -> Descriptor {
        let path = directory + "/lock"
        let file = try Descriptor(path, O_RDWR | O_CREAT, "create \(path)")
        var attempts = attempts
        while try !file.lock() {
            attempts -= 1
            guard attempts > 0 else { throw DirectoryInUse(directory: directory, holder: holder(path)) }
            usleep(10_000)
        }
        // Nobody's file of that name is lost.
        guard FileStatus(path)?.kind == .regular, try file.size() <= 12, try isHolder(file.readAll()) else {
            throw NoLock(path: path)
        }
        try file.truncate(to: 0)
        try file.write(Array("\(getpid())\n".utf8))
        return file
    }

    /// Whether bytes are what a holder leaves, or nothing, as from one that died before it wrote its number.
    private static func isHolder(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 == UInt8(ascii: "\n") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func holder(_ path: String) -> Int32? {
        guard let bytes = try? PosixFileSystem().read(path) else { return nil }
        return Int32(String(decoding: bytes.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

/// A directory that another process works in.
public struct DirectoryInUse: Error, Hashable, CustomStringConvertible {
    public let directory: String
    /// The process that holds the lock, if it could be read.
    public let holder: Int32?

    public var description: String {
        let who = holder.map { "process \($0)" } ?? "another process"
        return "\(directory) is in use by \(who): wait for it to end, stop it, or choose another directory"
    }
}

/// A file called `lock` that no lock of ours is.
public struct NoLock: Error, Hashable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "\(path) is a file of something else, where this would be locked: choose another directory, or rename the file"
    }
}
