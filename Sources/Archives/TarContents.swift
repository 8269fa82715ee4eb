import CArchive
import Glibc

/// The files of a tar archive, compressed or not, copied into a nameless file where each can be found again.
///
/// A tar archive has no directory, and a compressed one has to be read from its beginning.
struct TarContents: FileContents {
    private let members: [(path: String, start: Int, size: Int)]
    private let spool: Spool

    /// The C functions are `archive_read_open_filename`, `archive_read_next_header` and `archive_read_data`.
    ///
    /// - Throws: `ArchiveError` for what is no whole tar archive.
    init(_ path: String, scratch: String, progress: (Int) -> Void) throws(ArchiveError) {
        guard let archive = unsafe archive_read_new() else { throw ArchiveError(place: path, reason: "needs memory") }
        defer { unsafe _ = archive_read_free(archive) }
        // By name: some of the others start programs.
        unsafe _ = archive_read_support_filter_gzip(archive)
        unsafe _ = archive_read_support_filter_bzip2(archive)
        unsafe _ = archive_read_support_filter_xz(archive)
        unsafe _ = archive_read_support_filter_zstd(archive)
        unsafe _ = archive_read_support_format_tar(archive)
        unsafe _ = archive_read_support_format_gnutar(archive)
        guard unsafe archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
            throw unsafe Self.error(archive, path)
        }
        spool = try Spool(in: scratch)
        var members: [(path: String, start: Int, size: Int)] = []
        var entry: OpaquePointer?
        while true {
            let result = unsafe archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
                throw unsafe Self.error(archive, path)
            }
            guard unsafe archive_entry_filetype(entry) == S_IFREG else { continue }
            let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
            let start = spool.size
            try unsafe Self.copy(archive, to: spool, path, progress)
            members.append((Self.plain(name), start, spool.size - start))
        }
        guard !members.isEmpty else { throw ArchiveError(place: path, reason: "is a tar archive without files") }
        self.members = members
    }

    var names: [(path: String, size: Int)] { members.map { ($0.path, $0.size) } }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource {
        SpooledFile(spool, members[index].start..<members[index].start + members[index].size)
    }

    /// Without `./` at the beginning.
    private static func plain(_ name: String) -> String {
        name.split(separator: "/").drop { $0 == "." }.joined(separator: "/")
    }

    private static func copy(
        _ archive: OpaquePointer, to spool: Spool, _ path: String, _ progress: (Int) -> Void
    ) throws(ArchiveError) {
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe archive_read_data(archive, &piece, piece.count)
            guard count >= 0 else { throw unsafe error(archive, path) }
            if count == 0 { return }
            try spool.append(piece[..<count], of: path)
            progress(spool.size)
        }
    }

    private static func error(_ archive: OpaquePointer, _ path: String) -> ArchiveError {
        let text = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown error"
        return ArchiveError(place: path, reason: "is not a whole tar archive (\(text)); fetch it again")
    }
}

/// A file without a name, gone with its owner.
final class Spool {
    private let descriptor: Int32
    private(set) var size = 0

    /// The most that an archive may unpack to. A small hostile one could fill the disk.
    static let limit = 1 << 38

    /// The C functions are `mkstemp`, `fcntl` and `unlink`.
    init(in folder: String) throws(ArchiveError) {
        var template = Array("\(folder)/.tributary-unpacked-XXXXXX\0".utf8CString)
        descriptor = unsafe template.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
        guard descriptor >= 0 else {
            throw ArchiveError(place: folder, reason: "takes no file to unpack into: \(systemErrorText())")
        }
        // Processes that this one starts have no part in it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsafe _ = unlink(template)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The C function is `pwrite`.
    func append(_ bytes: ArraySlice<UInt8>, of place: String) throws(ArchiveError) {
        guard size + bytes.count <= Self.limit else {
            throw ArchiveError(place: place, reason: "unpacks to more than \(Self.limit >> 30) GiB")
        }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(descriptor, $0.baseAddress! + done, $0.count - done, off_t(size + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw ArchiveError(place: place, reason: "cannot be unpacked: \(systemErrorText()); free some space")
            }
            done += count
        }
        size += bytes.count
    }

    /// The C function is `pread`.
    func read(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let more = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset + done))
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw ArchiveError(place: "the unpacked file", reason: "cannot be read again") }
            done += more
        }
        return bytes
    }
}

/// One member of what was unpacked.
final class SpooledFile: ByteSource {
    private let spool: Spool
    private var rest: Range<Int>

    init(_ spool: Spool, _ range: Range<Int>) {
        self.spool = spool
        rest = range
    }

    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        let bytes = try spool.read(at: rest.lowerBound, count: min(count, rest.count))
        rest = rest.lowerBound + bytes.count..<rest.upperBound
        return bytes
    }
}
