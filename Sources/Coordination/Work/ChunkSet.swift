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

    /// The bytes of a chunk.
    func bytes(of chunk: Int) -> Range<Int> {
        chunk * chunkBytes..<min(total, (chunk + 1) * chunkBytes)
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
