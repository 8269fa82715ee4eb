/// The bytes of a file, from its beginning to its end.
public final class ByteStream {
    private let source: any ByteSource
    private var waiting: ArraySlice<UInt8> = []

    init(_ source: any ByteSource) { self.source = source }

    /// What is compressed with gzip is unpacked; its first bytes decide.
    init(unpacking source: any ByteSource, named place: String) throws(ArchiveError) {
        let start = try source.next(1 << 16)
        let joined = Prefixed(start, source)
        self.source = start.starts(with: [0x1F, 0x8B]) ? try Inflater(joined, named: place) : joined
    }

    /// The next bytes: `count` of them, fewer at the end.
    public func read(_ count: Int) throws(ArchiveError) -> [UInt8] {
        var bytes = Array(waiting.prefix(count))
        waiting = waiting.dropFirst(count)
        while bytes.count < count {
            let more = try source.next(min(count - bytes.count, 1 << 22))
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// The next line without its end, which is LF or CRLF; nil at the end.
    ///
    /// - Throws: `ArchiveError` where a line is longer than a megabyte.
    public func line() throws(ArchiveError) -> ArraySlice<UInt8>? {
        var searched = 0
        while true {
            if let end = waiting.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                let line = waiting[..<end]
                waiting = waiting[(end + 1)...]
                return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            }
            searched = waiting.count
            guard searched < 1 << 20 else { throw ArchiveError(place: "a line", reason: "is longer than a megabyte") }
            let more = try source.next(1 << 18)
            if more.isEmpty {
                let line = waiting
                waiting = []
                if line.isEmpty { return nil }
                return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            }
            waiting = ArraySlice(Array(waiting) + more)
        }
    }
}

/// A source whose first bytes were read already.
private final class Prefixed: ByteSource {
    private var start: [UInt8]
    private let rest: any ByteSource

    init(_ start: [UInt8], _ rest: any ByteSource) {
        self.start = start
        self.rest = rest
    }

    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        guard !start.isEmpty else { return try rest.next(count) }
        let bytes = Array(start.prefix(count))
        start.removeFirst(bytes.count)
        return bytes
    }
}
