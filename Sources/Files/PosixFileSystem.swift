import Glibc

/// The file system of the machine.
public struct PosixFileSystem: FileSystem {
    public init() {}

    /// The C functions are `opendir` and `readdir`.
    public func names(in directory: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw FileError("list \(directory)", code: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public func read(_ path: String) throws(FileError) -> [UInt8] { try read(path, atMost: .max) }

    /// A whole file, if it has no more than so many bytes. A pipe or a terminal is waited for ten seconds.
    public func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
        try Descriptor.reading(path).readAll(atMost: limit)
    }

    /// The bytes of a file from a position to its end; none where it ends before.
    public func read(_ path: String, from offset: Int) throws(FileError) -> [UInt8] {
        let file = try Descriptor.reading(path)
        try file.move(to: offset)
        return try file.readAll()
    }

    public func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, "create \(path)").write(bytes)
    }

    /// The C functions are `pwrite` and `ftruncate`.
    public func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        let file = try Descriptor(path, O_WRONLY, "open \(path)")
        try file.write(bytes, at: offset)
        if try file.size() > offset + bytes.count { try file.truncate(to: offset + bytes.count) }
    }

    public func synchronize(file path: String) throws(FileError) {
        try Descriptor(path, O_WRONLY, "open \(path)").synchronize()
    }

    /// The C function is `rename`.
    public func rename(_ path: String, to newPath: String) throws(FileError) {
        guard unsafe Glibc.rename(path, newPath) == 0 else {
            throw FileError("rename \(path) to \(newPath)", code: errno)
        }
    }

    public func synchronize(directory: String) throws(FileError) {
        try Descriptor(directory, O_RDONLY | O_DIRECTORY, "open the directory \(directory)").synchronize()
    }

    /// The C function is `unlink`.
    public func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 else { throw FileError("remove \(path)", code: errno) }
    }

    /// Removes a directory that is empty. The C function is `rmdir`.
    public func removeDirectory(_ path: String) throws(FileError) {
        guard unsafe rmdir(path) == 0 else { throw FileError("remove the directory \(path)", code: errno) }
    }

    /// The C function is `mkdir`.
    public func createDirectory(_ path: String) throws(FileError) {
        guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw FileError("create the directory \(path)", code: errno)
        }
    }
}
