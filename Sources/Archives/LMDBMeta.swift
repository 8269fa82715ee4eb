/// What the first two pages say: where the newest state of the database is.
struct LMDBMeta {
    static let magic = 0xBEEF_C0DE

    let pageSize: Int
    /// The number of the page that the tree begins with; nil for an empty database.
    let root: Int?
    let count: Int

    init(_ file: OpenFile, _ path: String) throws(ArchiveError) {
        let first = try file.read(at: 0, count: Self.size)
        guard LMDBFile.isDatabase(first), first.count == Self.size else {
            throw ArchiveError(place: path, reason: "is no LMDB database, or is cut short in its first page")
        }
        pageSize = first.number(at: 40, bytes: 4)
        guard (256...65_536).contains(pageSize), pageSize.nonzeroBitCount == 1 else {
            throw ArchiveError(place: path, reason: "is damaged: pages of \(pageSize) bytes")
        }
        let second = try file.read(at: pageSize, count: Self.size)
        let states = [first, second].filter { LMDBFile.isDatabase($0) && $0.count == Self.size }
        guard let state = states.max(by: { $0.number(at: 144, bytes: 8) < $1.number(at: 144, bytes: 8) }) else {
            throw ArchiveError(place: path, reason: "is damaged")
        }
        let (version, flags) = (state.number(at: 20, bytes: 4), state.number(at: 92, bytes: 2))
        guard version == 1 else {
            throw ArchiveError(
                place: path,
                reason: "is an LMDB database of version \(version); version 1 is read: dump and load it with that")
        }
        guard flags & 4 == 0 else { throw ArchiveError(place: path, reason: LMDBWalk.severalValues) }
        count = state.number(at: 120, bytes: 8)
        let root = state.number(at: 128, bytes: 8)
        self.root = root == .max ? nil : root
    }

    /// A header and what is behind it, in bytes: magic 16, version 20, two databases of 48 bytes at 40 and 88, the last page 136, the transaction 144.
    private static let size = 152
}
