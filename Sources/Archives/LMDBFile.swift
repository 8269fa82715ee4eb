/// A database of LMDB, read without its library: values with their keys, in the order of the keys.
///
/// The library maps the file into memory and believes what stands there: of 400 databases in which a few bytes were changed, 90 ended
/// its own `mdb_dump` by a signal (0.9.24 of Debian 12). What reading needs is little, so pages are read here, and every number in them is checked.
///
/// A file is pages of one size; the first two say where the tree of pages begins. A page is a header of 16 bytes, the places of its nodes, and
/// the nodes. Source: OpenLDAP, `libraries/liblmdb/mdb.c`, data version 1, of machines of 64 bits that store the lowest byte first.
/// Not `Sendable`: one owner at a time reads from it.
public final class LMDBFile {
    /// Where a value and its key lie, in bytes from the beginning of the file.
    public struct Record: Hashable, Sendable {
        let key: Int
        let value: Int
        /// The size of the value in bytes.
        public let size: UInt32
        let keySize: UInt16
    }

    public let path: String
    public let records: [Record]
    private let file: OpenFile

    /// Whether a file begins as a database does: 24 bytes are enough.
    public static func isDatabase(_ start: [UInt8]) -> Bool {
        start.count >= 24 && LMDBPage(start).kind == .meta && start.number(at: 16, bytes: 4) == LMDBMeta.magic
    }

    /// Finds all records.
    ///
    /// - Throws: `ArchiveError` for what is no database, is cut short or damaged, or holds more than one value for each key.
    public init(_ path: String) throws(ArchiveError) {
        file = try OpenFile(path)
        self.path = path
        var walk = LMDBWalk(file, path, try LMDBMeta(file, path))
        records = try walk.records()
    }

    /// The key of a record as a text, in one line.
    public func key(of record: Record) throws(ArchiveError) -> String {
        let bytes = try file.read(at: record.key, count: min(Int(record.keySize), 300))
        return PathText.text(bytes.map { $0 < 32 || $0 == 127 ? UInt8(ascii: "?") : $0 })
    }

    /// The value of a record, up to so many bytes.
    public func value(of record: Record, atMost limit: Int = .max) throws(ArchiveError) -> [UInt8] {
        let wanted = min(Int(record.size), limit)
        let bytes = try file.read(at: record.value, count: wanted)
        guard bytes.count == wanted else { throw ArchiveError(place: path, reason: "became shorter while it was read") }
        return bytes
    }
}
