import CArchive
import Files
import Glibc

/// The files of a tar archive, compressed or not, copied into a nameless file where each can be found again.
///
/// A tar archive has no directory, and a compressed one has to be read from its beginning.
struct TarContents: FileContents {
    private let members: [(path: String, bytes: Range<Int>)]
    private let unpacked: ScratchFile

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
        var unpacking = try Unpacking(path, in: scratch)
        var members = TarMembers()
        var entry: OpaquePointer?
        while true {
            let result = unsafe archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
                throw unsafe Self.error(archive, path)
            }
            let name = unsafe Self.name(archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry))
            if let other = unsafe archive_entry_hardlink(entry) ?? archive_entry_hardlink_utf8(entry) {
                members.addHardLink(name, to: unsafe Self.name(other))
            } else if unsafe archive_entry_filetype(entry) == S_IFLNK {
                let target = unsafe archive_entry_symlink(entry) ?? archive_entry_symlink_utf8(entry)
                members.addLink(name, to: unsafe Self.text(target))
            } else if unsafe archive_entry_filetype(entry) == S_IFREG {
                let start = unpacking.size
                try unsafe Self.copy(archive, to: &unpacking, path, progress)
                members.addFile(name, start..<unpacking.size)
            }
        }
        self.members = members.files
        guard !self.members.isEmpty else { throw ArchiveError(place: path, reason: "is a tar archive without files") }
        unpacked = unpacking.file
    }

    var names: [(path: String, size: Int)] { members.map { ($0.path, $0.bytes.count) } }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource {
        UnpackedMember(unpacked, members[index].bytes, named: place)
    }

    /// The path of a member, without `./` at the beginning.
    private static func name(_ path: UnsafePointer<CChar>?) -> String {
        unsafe text(path).split(separator: "/").drop { $0 == "." }.joined(separator: "/")
    }

    /// A path as the header has it. Headers of POSIX.1-2001 have it in UTF-8, which the library does not give in the C locale's characters;
    /// older ones have bytes.
    private static func text(_ path: UnsafePointer<CChar>?) -> String {
        guard let path = unsafe path else { return "" }
        return unsafe PathText.text(UnsafeBufferPointer(start: path, count: strlen(path)).map { UInt8(bitPattern: $0) })
    }

    private static func copy(
        _ archive: OpaquePointer, to unpacking: inout Unpacking, _ path: String, _ progress: (Int) -> Void
    ) throws(ArchiveError) {
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe archive_read_data(archive, &piece, piece.count)
            guard count >= 0 else { throw unsafe error(archive, path) }
            if count == 0 { return }
            try unpacking.append(Array(piece[..<count]))
            progress(unpacking.size)
        }
    }

    private static func error(_ archive: OpaquePointer, _ path: String) -> ArchiveError {
        let text = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown error"
        return ArchiveError(place: path, reason: "is not a whole tar archive (\(text)); fetch it again")
    }
}

/// Where members of an archive are put one behind the other.
private struct Unpacking: ~Copyable {
    let file: ScratchFile
    private(set) var size = 0
    private let archive: String

    /// The most that an archive may unpack to. A small hostile one could fill the disk.
    private static let limit = 1 << 38

    init(_ archive: String, in folder: String) throws(ArchiveError) {
        self.archive = archive
        file = try reading(archive) { () throws(FileError) in try ScratchFile(in: folder, to: "unpack it") }
    }

    mutating func append(_ bytes: [UInt8]) throws(ArchiveError) {
        guard size + bytes.count <= Self.limit else {
            throw ArchiveError(place: archive, reason: "unpacks to more than \(Self.limit >> 30) GiB")
        }
        let (file, size) = (file, size)
        try reading(archive) { () throws(FileError) in try file.write(bytes, at: size) }
        self.size += bytes.count
    }
}

/// One member of what was unpacked.
private final class UnpackedMember: ByteSource {
    private let file: ScratchFile
    private let place: String
    private var rest: Range<Int>

    init(_ file: ScratchFile, _ range: Range<Int>, named place: String) {
        self.file = file
        self.place = place
        rest = range
    }

    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        let count = min(count, rest.count)
        let (file, start) = (file, rest.lowerBound)
        rest = start + count..<rest.upperBound
        return try reading(place) { () throws(FileError) in try file.read(count, at: [start]) }
    }
}

/// Says which archive it was about where the unpacked file fails.
private func reading<Value>(
    _ place: String, _ body: () throws(FileError) -> Value
) throws(ArchiveError) -> Value {
    do throws(FileError) { return try body() } catch {
        throw ArchiveError(place: place, reason: "is unpacked, and \(error)")
    }
}
