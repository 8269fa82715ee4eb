/// The way through a database's tree of pages, to all of its records.
struct LMDBWalk {
    private let file: OpenFile
    private let path: String
    private let meta: LMDBMeta
    /// The pages to look at, the next one last.
    private var waiting: [Int]
    /// How many pages were met. Those of a tree are met once each.
    private var met = 1

    static let severalValues =
        "has several values for a key, or databases within the database, which are not read: copy the images into one database, a value for each key"

    init(_ file: OpenFile, _ path: String, _ meta: LMDBMeta) {
        (self.file, self.path, self.meta) = (file, path, meta)
        waiting = meta.root.map { [$0] } ?? []
    }

    /// - Throws: `ArchiveError` where a number in a page cannot be right.
    mutating func records() throws(ArchiveError) -> [LMDBFile.Record] {
        var records: [LMDBFile.Record] = []
        while let number = waiting.popLast() {
            let page = try page(number)
            switch page.kind {
            case .branch: try enter(page, number)
            case .leaf: for node in try nodes(of: page, number) { records.append(try record(node, number)) }
            case .meta, .other: throw damaged(number)
            }
        }
        guard records.count == meta.count else {
            throw ArchiveError(
                place: path, reason: "is damaged: it says that it has \(meta.count) values, and has \(records.count)")
        }
        return records
    }

    private mutating func enter(_ page: LMDBPage, _ number: Int) throws(ArchiveError) {
        let children = try nodes(of: page, number).map(\.child)
        for child in children where child >= file.size / meta.pageSize { throw notThere(child) }
        met += children.count
        guard met <= file.size / meta.pageSize else { throw damaged(number) }
        waiting += children.reversed()
    }

    private func page(_ number: Int) throws(ArchiveError) -> LMDBPage {
        guard number < file.size / meta.pageSize else { throw notThere(number) }
        return LMDBPage(try file.read(at: number * meta.pageSize, count: meta.pageSize))
    }

    private func nodes(of page: LMDBPage, _ number: Int) throws(ArchiveError) -> [LMDBPage.Node] {
        guard page.number == number, let nodes = page.nodes else { throw damaged(number) }
        return nodes
    }

    private func record(_ node: LMDBPage.Node, _ number: Int) throws(ArchiveError) -> LMDBFile.Record {
        let key = number * meta.pageSize + node.key
        switch node.flags {
        case 0:
            return LMDBFile.Record(
                key: key, value: key + node.keySize, size: UInt32(node.size), keySize: UInt16(node.keySize))
        case 1:
            let (start, overflow) = node.page.multipliedReportingOverflow(by: meta.pageSize)
            guard !overflow, start <= file.size - LMDBPage.headerSize,
                node.size <= file.size - LMDBPage.headerSize - start
            else { throw notThere(node.page) }
            return LMDBFile.Record(
                key: key, value: start + LMDBPage.headerSize, size: UInt32(node.size), keySize: UInt16(node.keySize))
        default: throw ArchiveError(place: path, reason: Self.severalValues)
        }
    }

    private func notThere(_ number: Int) -> ArchiveError {
        ArchiveError(place: path, reason: "is cut short or damaged: its page \(number) is not there")
    }

    private func damaged(_ number: Int) -> ArchiveError {
        ArchiveError(place: path, reason: "is damaged in its page \(number): copy the database again")
    }
}

/// One page of a database.
struct LMDBPage {
    enum Kind { case branch, leaf, meta, other }

    /// A key with its value, or with the page where the keys from it on are.
    struct Node {
        /// The beginning of the key within the page.
        let key: Int
        let keySize: Int
        /// 0 for a value behind the key, 1 for one on pages of its own.
        let flags: Int
        /// The size of the value.
        let size: Int
        /// The first of the pages that the value is on.
        let page: Int
        /// The page that a branch leads to.
        let child: Int
    }

    static let headerSize = 16
    private static let nodeSize = 8
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number that the page has, and says.
    var number: Int { bytes.number(at: 0, bytes: 8) }

    var kind: Kind {
        // Whether it was being written says nothing.
        switch bytes.number(at: 10, bytes: 2) & ~0x10 {
        case 1: .branch
        case 2: .leaf
        case 8: .meta
        default: .other
        }
    }

    /// Nil where the page is damaged.
    var nodes: [Node]? {
        let end = bytes.number(at: 12, bytes: 2)
        guard end >= Self.headerSize, end <= bytes.count else { return nil }
        let places = stride(from: Self.headerSize, to: end - 1, by: 2).map { bytes.number(at: $0, bytes: 2) }
        let nodes = places.compactMap(node)
        return nodes.count == places.count ? nodes : nil
    }

    private func node(at place: Int) -> Node? {
        guard place >= Self.headerSize, place <= bytes.count - Self.nodeSize else { return nil }
        let (low, flags) = (bytes.number(at: place, bytes: 4), bytes.number(at: place + 4, bytes: 2))
        let (key, keySize) = (place + Self.nodeSize, bytes.number(at: place + 6, bytes: 2))
        let value = key + keySize
        let isBranch = kind == .branch
        guard value + (isBranch ? 0 : flags == 1 ? 8 : flags == 0 ? low : 0) <= bytes.count else { return nil }
        return Node(
            key: key, keySize: keySize, flags: flags, size: low,
            page: !isBranch && flags == 1 ? bytes.number(at: value, bytes: 8) : 0, child: low | flags << 32)
    }
}

extension [UInt8] {
    /// A number whose lowest byte comes first; `Int.max` for one that is larger, and 0 behind the end.
    func number(at place: Int, bytes size: Int) -> Int {
        guard place + size <= count else { return 0 }
        return Int(clamping: self[place..<place + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
