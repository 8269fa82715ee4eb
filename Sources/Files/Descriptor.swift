import CFiles
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
        // A pipe at whose other end is nobody is opened without waiting.
        number = unsafe open(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
        self.path = name ?? path
        guard number >= 0 else { throw FileError(operation, code: errno) }
    }

    private init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    /// Opens a file for reading; of the standard input, which may be a socket, it takes another handle. The C function is `fcntl`.
    static func reading(_ path: String) throws(FileError) -> Descriptor {
        guard path == "/dev/stdin" else { return try Descriptor(path, O_RDONLY, "open \(path)") }
        let number = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard number >= 0 else { throw FileError("open the standard input", code: errno) }
        return Descriptor(number: number, path: "the standard input")
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

    /// Says who may do what with the file. The C function is `fchmod`.
    func setPermissions(_ mode: mode_t) throws(FileError) {
        guard fchmod(number, mode) == 0 else { throw FileError("set the permissions of \(path)", code: errno) }
    }

    /// How long a pipe or a terminal may give nothing, in milliseconds.
    static let patience: Int32 = 10_000
    /// The most bytes that are taken from a pipe or a device, which may never end.
    private static let streamLimit = 64 << 20

    /// Reads from the current position to the end. The C functions are `fstat`, `poll` and `read`.
    ///
    /// - Parameters:
    ///   - limit: The most bytes that are believed.
    ///   - patience: How long a pipe may give nothing, in milliseconds.
    func readAll(atMost limit: Int = .max, patience: Int32 = Descriptor.patience) throws(FileError) -> [UInt8] {
        let status = try status()
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let limit = isFile ? limit : min(limit, Self.streamLimit)
        guard Int(status.st_size) <= limit else { throw tooLong(limit) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while true {
            if !isFile { try waitForInput(patience) }
            let more = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(number, $0.baseAddress! + count, $0.count - count)
            }
            if more < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard more >= 0 else { throw FileError("read \(path)", code: errno) }
            if more == 0 { break }
            count += more
            guard count <= limit else { throw tooLong(limit) }
            if count == bytes.count { bytes += Array(repeating: 0, count: bytes.count) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Reads on from another position. The C function is `lseek`.
    func move(to offset: Int) throws(FileError) {
        guard lseek(number, off_t(offset), SEEK_SET) >= 0 else { throw FileError("read \(path)", code: errno) }
    }

    private func tooLong(_ limit: Int) -> FileError {
        FileError("read \(path)", because: "it has more than \(limit) bytes; name another file")
    }

    private func waitForInput(_ patience: Int32) throws(FileError) {
        var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&request, 1, patience)
        guard ready == 0 else { return }
        throw FileError(
            "read \(path)",
            because:
                "it is a pipe or a device, and nothing has come through it for \(patience / 1000) s; write into it first, or name a file"
        )
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

    /// Whether nobody has the exclusive lock on the file. The C function is `flock`, for a shared lock that is given back at once.
    func isFree() throws(FileError) -> Bool {
        guard flock(number, LOCK_SH | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return false }
            throw FileError("look at the lock of \(path)", code: errno)
        }
        flock(number, LOCK_UN)
        return true
    }

    /// Has the system begin to bring the file to the disk, and waits for nothing. The C function is `sync_file_range`.
    func beginSynchronizing() { _ = cfiles_begin_synchronizing(number) }

    /// Forces the file to the disk. The C function is `fsync`.
    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError("force \(path) to the disk", code: errno) }
    }
}
