import Contract

/// How a partial is cut into chunks: chunk i begins at byte i times the chunk size; the last may be shorter.
struct ChunkGrid: Sendable {
    let format: PartialFormat
    let chunkBytes: Int

    var indices: Range<Int> { 0..<(format.bytes + chunkBytes - 1) / chunkBytes }

    /// The chunk that a byte is in.
    func index(at offset: Int) -> Int { offset / chunkBytes }

    func bytes(of chunk: Int) -> Range<Int> { chunk * chunkBytes..<min(format.bytes, (chunk + 1) * chunkBytes) }

    /// Which elements are in a chunk.
    func piece(_ chunk: Int) -> PartialFormat.Piece { format.piece(bytes(of: chunk)) }

    /// Writes the elements of a chunk as it travels: 16-bit numbers, and floats behind them.
    ///
    /// - Parameter fill: Writes the elements of a piece of the partial that begins at the given one.
    func encode(
        _ chunk: Int, _ halves: inout MutableSpan<UInt16>, _ floats: inout MutableSpan<Float>, scratch: inout [Float],
        _ fill: (Int, inout MutableSpan<Float>) -> Void
    ) {
        let piece = piece(chunk)
        if piece.halves.isEmpty { return fill(piece.floats.lowerBound, &floats) }
        if scratch.count < piece.elements.count { scratch = [Float](repeating: 0, count: piece.elements.count) }
        var room = scratch.mutableSpan
        var elements = room._mutatingExtracting(0..<piece.elements.count)
        fill(piece.elements.lowerBound, &elements)
        let values = elements.span
        encodeBfloat16(values.extracting(0..<halves.count), into: &halves)
        for index in 0..<floats.count { floats[index] = values[halves.count + index] }
    }
}
