import CArchive
import Glibc

/// A zip archive that is written member after member, each as it is, without compression.
///
/// Not `Sendable`: one owner at a time writes an archive.
@safe public final class ZipWriter {
    /// The path of the archive.
    public let path: String
    private let archive: OpaquePointer

    /// Begins an archive in place of what is in the file. The C function is `archive_write_open_filename`.
    ///
    /// - Throws: `ArchiveError` where the file cannot be written.
    public init(over path: String) throws(ArchiveError) {
        guard let archive = unsafe archive_write_new() else { throw ArchiveError(place: path, reason: "needs memory") }
        self.path = path
        unsafe self.archive = archive
        unsafe _ = archive_write_set_format_zip(archive)
        unsafe _ = archive_write_zip_set_compression_store(archive)
        // Nothing behind the archive's end, which zip programs look for from there.
        unsafe _ = archive_write_set_bytes_in_last_block(archive, 1)
        try check(unsafe archive_write_open_filename(archive, path))
    }

    deinit {
        unsafe _ = archive_write_free(archive)
    }

    /// Begins the next member, which ends the one before. The C function is `archive_write_header`.
    ///
    /// - Parameter size: All its bytes, which are then written.
    public func begin(_ name: String, size: Int) throws(ArchiveError) {
        guard let entry = unsafe archive_entry_new() else { throw ArchiveError(place: path, reason: "needs memory") }
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_set_pathname(entry, name)
        unsafe archive_entry_set_size(entry, Int64(size))
        unsafe archive_entry_set_filetype(entry, UInt32(S_IFREG))
        unsafe archive_entry_set_perm(entry, 0o644)
        // The earliest time that zip can tell, so that equal contents are equal bytes.
        unsafe archive_entry_set_mtime(entry, 315_532_800, 0)
        try check(unsafe archive_write_header(archive, entry))
    }

    /// Appends to the member. The C function is `archive_write_data`.
    public func write(_ bytes: [UInt8]) throws(ArchiveError) {
        let count = unsafe archive_write_data(archive, bytes, bytes.count)
        try check(count == bytes.count ? ARCHIVE_OK : ARCHIVE_FATAL)
    }

    /// Writes the directory and closes the file. The C function is `archive_write_close`.
    public func finish() throws(ArchiveError) { try check(unsafe archive_write_close(archive)) }

    private func check(_ code: Int32) throws(ArchiveError) {
        guard code != ARCHIVE_OK else { return }
        let text = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown error"
        throw ArchiveError(
            place: path, reason: "cannot be written (\(text)); free some space there, or name another file")
    }
}
