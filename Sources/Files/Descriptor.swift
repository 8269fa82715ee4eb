import Glibc

/// The owner of one open file, closed when its owner goes.
struct Descriptor: ~Copyable {
    private let number: Int32
    private let path: String

    /// Opens a file. The C function is `open`.
    /// - Parameters:
    ///   - mode: Who may do what with a file that is made, before the process's mask.
    ///   - name: What errors call the file, where its path is not its user's name for it.
    init(
        _ path: String, _ flags: Int32, _ operation: String, mode: mode_t = 0o666, named name: String? = nil
    ) throws(FileError) {
        number = unsafe open(path, flags | O_CLOEXEC, mode)
        self.path = name ?? path
        guard number >= 0 else { throw FileError(operation, code: errno) }
    }

    deinit { if number >= 0 { close(number) } }

    /// Writes all bytes at a position. The C function is `pwrite`.
    func write(_ bytes: [UInt8], at offset: Int = 0) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(number, $0.baseAddress! + written, $0.count - written, off_t(offset + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write \(path)", code: errno) }
            written += count
        }
    }

    /// Reads from the current position to the end. The C functions are `fstat` and `read`.
    func readAll() throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try size() + 1)
        var count = 0
        while true {
            let more = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(number, $0.baseAddress! + count, $0.count - count)
            }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { throw FileError("read \(path)", code: errno) }
            if more == 0 { break }
            count += more
            if count == bytes.count { bytes += Array(repeating: 0, count: bytes.count) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The file's length in bytes.
    func size() throws(FileError) -> Int {
        Int(try status().st_size)
    }

    /// What the system knows of the file. The C function is `fstat`.
    func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw FileError("look at \(path)", code: errno) }
        return status
    }

    /// Cuts the file behind so many bytes. The C function is `ftruncate`.
    func truncate(to count: Int) throws(FileError) {
        guard ftruncate(number, off_t(count)) == 0 else { throw FileError("shorten \(path)", code: errno) }
    }

    /// Takes the system's exclusive lock on the file, or returns false where another holds it. The C function is `flock`.
    func lock() throws(FileError) -> Bool {
        if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw FileError("lock \(path)", code: errno) }
        return false
    }

    /// Forces the file to the disk. The C function is `fsync`.
    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError("force \(path) to the disk", code: errno) }
    }
}
