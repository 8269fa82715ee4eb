import Glibc

/// Bytes on a disk without a name: nobody else sees them, and they go with their owner, however the process ends.
///
/// Any number of threads may read and write at once, at places that do not meet.
public final class ScratchFile: Sendable {
    /// The folder whose disk holds it.
    public let folder: String
    private let number: Int32

    /// Makes an empty one in a folder.
    ///
    /// The C functions are `mkstemp`, `fcntl` and `unlink`.
    /// - Parameter purpose: What it is for, in words that follow "cannot".
    /// - Throws: `FileError` where nothing can be made there.
    public init(in folder: String, to purpose: String) throws(FileError) {
        self.folder = folder
        var name = Array("\(folder)/.tributary.XXXXXX".utf8CString)
        number = unsafe mkstemp(&name)
        guard number >= 0 else { throw FileError("\(purpose) in \(folder)", code: errno) }
        // Processes that this one starts have no part in it.
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        unsafe unlink(name)
    }

    /// Makes an empty one for so many bytes, which are looked for before anything is written. The C function is `fstatvfs`.
    ///
    /// - Throws: `FileError` also where there is too little room.
    public convenience init(bytes: Int, in folder: String, to purpose: String) throws(FileError) {
        try self.init(in: folder, to: purpose)
        var room = statvfs()
        guard unsafe fstatvfs(number, &room) == 0 else { return }
        let free = Int(
            clamping: UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize)).partialValue)
        guard free >= bytes else {
            throw FileError(
                purpose,
                because:
                    "that takes \(Self.megabytes(bytes)) MB, and \(folder) has \(Self.megabytes(free)) MB left; free some space "
                    + "there, or name another folder: TMPDIR=/large/disk")
        }
    }

    /// Where large temporary files belong: `TMPDIR`, where it is set, and otherwise beside what is written. `/tmp` lies in memory on many
    /// machines.
    ///
    /// - Parameter output: The path of what is written; nil where nothing is, which gives `/var/tmp`.
    public static func folder(beside output: String?) -> String {
        let variable = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        if !variable.isEmpty { return variable }
        guard let output else { return "/var/tmp" }
        // The folder of a new run is made later.
        var folder = PosixFileSystem.directory(of: output)
        while FileStatus(folder) == nil, folder != ".", folder != "/" { folder = PosixFileSystem.directory(of: folder) }
        return folder
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }

    deinit {
        if number >= 0 { close(number) }
    }

    /// Writes all bytes at a place. The C function is `pwrite`.
    public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(number, $0.baseAddress! + done, $0.count - done, off_t(offset + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write a temporary file in \(folder)", code: errno) }
            done += count
        }
    }

    /// Reads pieces of equal length, one behind the other, from the places given. The C function is `pread`.
    public func read(_ length: Int, at offsets: some Collection<Int>) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: offsets.count * length)
        for (index, offset) in offsets.enumerated() { try read(length, at: offset, into: &bytes, at: index * length) }
        return bytes
    }

    private func read(_ length: Int, at offset: Int, into buffer: inout [UInt8], at start: Int) throws(FileError) {
        var done = 0
        while done < length {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(number, $0.baseAddress! + start + done, length - done, off_t(offset + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw FileError("read a temporary file in \(folder)", code: count < 0 ? errno : EIO)
            }
            done += count
        }
    }
}
