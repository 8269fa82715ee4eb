import Glibc

/// A regular file that is open for reading.
final class OpenFile: ByteSource {
    private let descriptor: Int32
    private let place: String
    private var position = 0
    /// The length in bytes when it was opened.
    let size: Int

    /// The C functions are `open` and `fstat`.
    ///
    /// - Parameter path: As the system has it; it may be no UTF-8.
    init(_ path: [UInt8], named place: String) throws(ArchiveError) {
        self.place = place
        // Whoever opened a pipe without O_NONBLOCK would wait for ever.
        let descriptor = unsafe (path + [0]).withUnsafeBytes {
            unsafe open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            throw ArchiveError(place: place, reason: "cannot be opened: \(systemErrorText())")
        }
        self.descriptor = descriptor
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        size = Int(status.st_size)
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(place: place, reason: "is a folder, a pipe, a socket or a device: name a file")
        }
    }

    convenience init(_ path: String) throws(ArchiveError) { try self.init(Array(path.utf8), named: path) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        let bytes = try read(at: position, count: count)
        position += bytes.count
        return bytes
    }

    /// The bytes from an offset on, fewer at the end. The C function is `pread`.
    func read(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
        let wanted = max(0, min(count, size - offset))
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let more = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress! + done, wanted - done, off_t(offset + done))
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw ArchiveError(place: place, reason: "cannot be read: \(systemErrorText())") }
            if more == 0 { break }
            done += more
        }
        bytes.removeLast(wanted - done)
        return bytes
    }
}

/// What the system says about the call that just failed. The C function is `strerror`.
func systemErrorText() -> String { unsafe String(cString: strerror(errno)) }
