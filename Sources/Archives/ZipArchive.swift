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

    /// The bytes of one member, whose checksum the library verifies. The C functions are `zip_fopen_index` and `zip_fread`.
    ///
    /// - Throws: `ArchiveError` where the member is too large, corrupt, encrypted, or not as long as the directory says.
    public func contents(of member: Member) throws(ArchiveError) -> [UInt8] {
        guard member.size <= Self.memberLimit else {
            throw .member(member.name, of: path, "claims \(member.size) bytes, more than a member may have")
        }
        guard let file = unsafe zip_fopen_index(archive, member.index, 0) else {
            throw .member(member.name, of: path, "cannot be opened: \(unsafe String(cString: zip_strerror(archive)))")
        }
        defer { _ = unsafe zip_fclose(file) }
        return try unsafe read(file, member)
    }

    /// Reads a member, and asks for one byte more than it should have: only at the end does the library check the checksum.
    private func read(_ file: OpaquePointer, _ member: Member) throws(ArchiveError) -> [UInt8] {
        var bytes: [UInt8] = []
        let capacity = min(member.size, 1 << 24) + 1  // a directory may lie, so memory grows with what really comes
        var piece = [UInt8](repeating: 0, count: capacity)
        while bytes.count <= member.size {
            let count = unsafe zip_fread(file, &piece, UInt64(piece.count))
            guard count >= 0 else {
                let text = unsafe String(cString: zip_file_strerror(file))
                throw .member(member.name, of: path, "is corrupt: \(text)")
            }
            if count == 0 { break }
            bytes += piece[..<Int(count)]
        }
        guard bytes.count == member.size else {
            throw .member(member.name, of: path, "has \(bytes.count) bytes where the directory says \(member.size)")
        }
        return bytes
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
