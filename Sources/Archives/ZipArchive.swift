import CZip

/// A zip archive opened for reading: its members' names and, one at a time, their bytes.
///
/// Not `Sendable`: one owner at a time reads from an archive.
@safe public final class ZipArchive {
    /// One file in the archive.
    public struct Member: Hashable, Sendable {
        /// The path in the archive, such as `img_align_celeba/000001.jpg`.
        public let name: String
        /// The size in bytes once unpacked, as the archive's directory says.
        public let size: Int
        fileprivate let index: UInt64
    }

    /// The path of the archive.
    public let path: String

    /// The files in the archive, in the order of its directory. Folders are left out.
    public let members: [Member]

    /// The largest member, in bytes, that `contents(of:)` unpacks.
    public static let memberLimit = 1 << 30

    private let archive: OpaquePointer

    /// Opens an archive. The C function is `zip_open`.
    ///
    /// - Throws: `ArchiveError` where the file is missing, or not a whole zip archive.
    public init(_ path: String) throws(ArchiveError) {
        try requireFile(path)
        var code: Int32 = 0
        guard let archive = unsafe zip_open(path, ZIP_RDONLY, &code) else {
            throw ArchiveError(place: path, reason: Self.reason(code))
        }
        self.path = path
        unsafe self.archive = archive
        members = unsafe Self.members(of: archive)
    }

    deinit {
        unsafe zip_discard(archive)
    }

    /// The bytes of one member, whose checksum the library verifies.
    ///
    /// - Throws: `ArchiveError` where the member is too large, corrupt, encrypted, or not as long as the directory says.
    public func contents(of member: Member) throws(ArchiveError) -> [UInt8] {
        guard member.size <= Self.memberLimit else {
            throw .member(member.name, of: path, "claims \(member.size) bytes, more than a member may have")
        }
        // One byte more than it should have: only at the end does the library check the checksum.
        return try ByteStream(stream(of: member)).read(member.size + 1)
    }

    /// The bytes of one member as they come. The C function is `zip_fopen_index`.
    func stream(of member: Member) throws(ArchiveError) -> any ByteSource {
        guard let file = unsafe zip_fopen_index(archive, member.index, 0) else {
            throw .member(member.name, of: path, "cannot be opened: \(unsafe String(cString: zip_strerror(archive)))")
        }
        return unsafe ZipMember(file, member, of: self)
    }

    /// The C functions are `zip_get_num_entries` and `zip_stat_index`.
    private static func members(of archive: OpaquePointer) -> [Member] {
        (0..<UInt64(max(0, unsafe zip_get_num_entries(archive, 0)))).compactMap { index in
            var status = unsafe zip_stat_t()
            guard unsafe zip_stat_index(archive, index, 0, &status) == 0, let text = unsafe status.name else {
                return nil
            }
            let name = unsafe String(cString: text)
            return name.hasSuffix("/") ? nil : Member(name: name, size: Int(clamping: unsafe status.size), index: index)
        }
    }

    private static func reason(_ code: Int32) -> String {
        if code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS { return "is not a whole zip archive; fetch it again" }
        var error = unsafe zip_error_t()
        unsafe zip_error_init_with_code(&error, code)
        defer { unsafe zip_error_fini(&error) }
        return "cannot be opened: \(unsafe String(cString: zip_error_strerror(&error)))"
    }
}

/// A member that is being read.
@safe private final class ZipMember: ByteSource {
    private let file: OpaquePointer
    private let member: ZipArchive.Member
    /// Kept, since the member reads from it.
    private let archive: ZipArchive
    private var count = 0

    init(_ file: OpaquePointer, _ member: ZipArchive.Member, of archive: ZipArchive) {
        unsafe self.file = file
        self.member = member
        self.archive = archive
    }

    deinit { unsafe _ = zip_fclose(file) }

    /// The C function is `zip_fread`. A directory may lie, so memory grows with what really comes.
    func next(_ wanted: Int) throws(ArchiveError) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: min(wanted, max(1, member.size - count + 1), 1 << 22))
        let got = unsafe zip_fread(file, &piece, UInt64(piece.count))
        guard got >= 0 else {
            throw .member(
                member.name, of: archive.path, "is corrupt: \(unsafe String(cString: zip_file_strerror(file)))")
        }
        count += Int(got)
        guard got > 0 ? count <= member.size : count == member.size else {
            throw .member(
                member.name, of: archive.path,
                "has \(got > 0 ? "more than \(member.size)" : "\(count)") bytes where the directory says \(member.size)"
            )
        }
        piece.removeLast(piece.count - Int(got))
        return piece
    }
}
