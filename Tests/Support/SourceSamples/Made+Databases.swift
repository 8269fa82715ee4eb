// SourceSamples: small sources of the kinds that people bring.

extension Made {
    /// A database of LMDB as its library lays it out: leaves, a branch above them where there are several, and pages of their own for long values
    /// (OpenLDAP, `libraries/liblmdb/mdb.c`).
    public static func lmdb(_ records: [String: [UInt8]], pageSize: Int = 512, flags: Int = 0) -> [UInt8] {
        var database = Database(pageSize: pageSize)
        let root = database.add(records.sorted { $0.key < $1.key })
        return database.bytes(root: root, count: records.count, flags: flags)
    }

    /// A value of Caffe's databases (`caffe.proto`): of bytes, channel by channel, or a picture file.
    public static func datum(_ shape: [Int], _ bytes: [UInt8], label: Int) -> [UInt8] {
        shape.enumerated().flatMap { field($0 + 1, $1) } + field(4, bytes) + field(5, label)
    }

    /// A field of a message of protocol buffers that is a number.
    static func field(_ number: Int, _ value: Int) -> [UInt8] { varint(8 * number) + varint(value) }

    /// A field that is bytes, a text or a message.
    static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(8 * number + 2) + varint(bytes.count) + bytes
    }

    static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }
}

private struct Database {
    let pageSize: Int
    /// Behind the first two.
    private var pages: [[UInt8]] = []

    init(pageSize: Int) { self.pageSize = pageSize }

    mutating func add(_ records: [(key: String, value: [UInt8])]) -> Int {
        var leaves: [(key: String, nodes: [[UInt8]])] = []
        for (key, value) in records {
            let node = leaf(key, value)
            let used = leaves.last?.nodes.reduce(16) { $0 + $1.count + 2 } ?? pageSize
            if used + node.count + 2 > pageSize { leaves.append((key, [])) }
            leaves[leaves.count - 1].nodes.append(node)
        }
        let numbers = leaves.map { (key: $0.key, page: page(2, $0.nodes)) }
        guard numbers.count > 1 else { return numbers[0].page }
        return page(1, numbers.map { even(little($0.page, 6) + little($0.key.utf8.count, 2) + Array($0.key.utf8)) })
    }

    private mutating func leaf(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let isLong = value.count > pageSize / 4
        let stored = isLong ? little(overflow(value), 8) : value
        let head = [little(value.count, 4), little(isLong ? 1 : 0, 2), little(key.utf8.count, 2)]
        return even(head.flatMap(\.self) + Array(key.utf8) + stored)
    }

    private mutating func overflow(_ value: [UInt8]) -> Int {
        let number = pages.count + 2
        let count = (16 + value.count + pageSize - 1) / pageSize
        var bytes = little(number, 8) + little(0, 2) + little(4, 2) + little(count, 4) + value
        bytes += [UInt8](repeating: 0, count: count * pageSize - bytes.count)
        pages += (0..<count).map { Array(bytes[$0 * pageSize..<($0 + 1) * pageSize]) }
        return number
    }

    /// A page of nodes, which lie from its end on.
    private mutating func page(_ kind: Int, _ nodes: [[UInt8]]) -> Int {
        let number = pages.count + 2
        var (places, body, place) = ([UInt8](), [UInt8](), pageSize)
        for node in nodes {
            place -= node.count
            places += little(place, 2)
            body = node + body
        }
        let head = [little(number, 8), little(0, 2), little(kind, 2), little(16 + places.count, 2), little(place, 2)]
            .flatMap(\.self)
        let gap = [UInt8](repeating: 0, count: place - head.count - places.count)
        pages.append(head + places + gap + body)
        return number
    }

    func bytes(root: Int, count: Int, flags: Int) -> [UInt8] {
        let last = pages.count + 1
        func state(_ number: Int, _ count: Int, _ root: Int) -> [UInt8] {
            let free = [little(pageSize, 4), little(0, 36), little(-1, 8)]
            let main = [little(0, 4), little(flags, 2), little(1, 2), little(0, 24), little(count, 8), little(root, 8)]
            let meta = [little(0xBEEF_C0DE, 4), little(1, 4), little(0, 8), little(1 << 20, 8)]
            let page = [little(number, 8), little(0, 2), little(8, 2), little(0, 4)]
            let all = (page + meta + free + main + [little(last, 8), little(number, 8)]).flatMap(\.self)
            return all + [UInt8](repeating: 0, count: pageSize - all.count)
        }
        return state(0, 0, -1) + state(1, count, root) + pages.joined()
    }

    private func even(_ node: [UInt8]) -> [UInt8] { node.count % 2 == 0 ? node : node + [0] }

    private func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }
}
