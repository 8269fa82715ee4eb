/// Which chunks of something of known length are here. Chunk i begins at byte i times the chunk size; the last may be shorter.
struct ChunkSet: Sendable, Equatable {
    private let total: Int
    private let chunkBytes: Int
    private var isHere: [Bool]
    private var missing: Int

    init(total: Int, chunkBytes: Int) {
        self.total = total
        self.chunkBytes = chunkBytes
        missing = (total + chunkBytes - 1) / chunkBytes
        isHere = [Bool](repeating: false, count: missing)
    }

    /// How many chunks there are in all.
    var count: Int { isHere.count }

    var isComplete: Bool { missing == 0 }

    /// The chunks that are not here.
    var missingChunks: [Int] { isHere.indices.filter { !isHere[$0] } }

    /// The bytes of a chunk.
    func bytes(of chunk: Int) -> Range<Int> {
        chunk * chunkBytes..<min(total, (chunk + 1) * chunkBytes)
    }

    /// The bytes of chunks in a row.
    func bytes(of row: Range<Int>) -> Range<Int> {
        row.lowerBound * chunkBytes..<min(total, row.upperBound * chunkBytes)
    }

    /// Takes chunks in a row in; answers false where any is here already, or where chunks do not begin and end there.
    mutating func insertRow(offset: Int, bytes: Int) -> Bool {
        guard offset >= 0, bytes > 0, offset % chunkBytes == 0, bytes <= total - offset else { return false }
        let end = offset + bytes
        guard end == total || end % chunkBytes == 0 else { return false }
        let row = offset / chunkBytes..<(end + chunkBytes - 1) / chunkBytes
        guard !isHere[row].contains(true) else { return false }
        for chunk in row { isHere[chunk] = true }
        missing -= row.count
        return true
    }

    /// Takes a chunk in; answers false where it is here already, or where no chunk has that place and length.
    mutating func insert(offset: Int, bytes: Int) -> Bool {
        guard offset >= 0, offset < total, offset % chunkBytes == 0 else { return false }
        let chunk = offset / chunkBytes
        guard self.bytes(of: chunk).count == bytes, !isHere[chunk] else { return false }
        isHere[chunk] = true
        missing -= 1
        return true
    }
}
