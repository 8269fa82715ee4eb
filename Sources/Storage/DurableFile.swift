import Glibc

/// Files that are there whole or not at all, whatever dies in between.
///
/// The bytes go to a temporary name in the same folder, are forced to the disk, take the final name in one step, and the folder
/// is forced to the disk after that.
public enum DurableFile {
    /// Writes a file. The C functions are `write`, `fsync` and `rename`.
    ///
    /// - Throws: `DurableFileError`, after removing what was written; a file of that name from before stays as it was.
    public static func write(_ bytes: [UInt8], to path: String) throws(DurableFileError) {
        let temporary = temporaryPath(for: path)
        do {
            try create(temporary, bytes)
            try publish(temporary, as: path)
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// A name beside `path` that no other file has, for what is not whole yet. It begins with a full stop.
    public static func temporaryPath(for path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let name = ".\(parts.last ?? "").\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16)).tmp"
        return (parts.dropLast() + [Substring(name)]).joined(separator: "/")
    }

    /// Gives a finished temporary file its final name. The C functions are `fsync` and `rename`.
    public static func publish(_ temporary: String, as path: String) throws(DurableFileError) {
        try synchronize(temporary)
        guard unsafe rename(temporary, path) == 0 else { throw DurableFileError("write", path) }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try synchronize(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
    }

    /// Removes a file if it is there. The C function is `unlink`.
    public static func remove(_ path: String) {
        unsafe Glibc.unlink(path)
    }

    private static func create(_ path: String, _ bytes: [UInt8]) throws(DurableFileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DurableFileError("create", path) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw DurableFileError("write", path) }
            done += count
        }
    }

    private static func synchronize(_ path: String) throws(DurableFileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DurableFileError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DurableFileError("write", path) }
    }
}

/// A file that the system did not let us write.
public struct DurableFileError: Error, Hashable, CustomStringConvertible {
    /// What could not be done: `create`, `write` or `open`.
    public let operation: String

    /// The path of the file.
    public let path: String

    /// The system's error number.
    public let code: Int32

    /// Takes the error number of the call that just failed.
    init(_ operation: String, _ path: String) {
        code = errno
        self.operation = operation
        self.path = path
    }

    public var description: String {
        "cannot \(operation) \(path): \(unsafe String(cString: strerror(code)))"
    }
}
