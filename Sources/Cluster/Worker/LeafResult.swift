import Contract

/// Where a leaf's result goes on its way into the sum of its node. The thread that computes the leaf writes here, and says which ranges are final.
///
/// Where the leaf is the last of its node, chunks of the node's sum become final with it, and leave while the rest is computed; where the
/// node is one leaf and lies in memory, the result is written where the coordinator reads it. Otherwise it waits for its siblings.
final class LeafResult {
    private let sum: NodeSum
    /// The leaf's own node.
    private let node: Int
    /// The rest of the node, where this is its last leaf.
    private var stream: ChunkStream?
    /// The result, where it is not written in place.
    private var buffer: [Float]
    /// Is told of chunks of the node's sum that are final.
    private let whenFinal: (Int) -> Void

    init(_ sum: NodeSum, node: Int, takeBuffer: (Int) -> [Float], whenFinal: @escaping (Int) -> Void) {
        self.sum = sum
        self.node = node
        self.whenFinal = whenFinal
        stream = sum.stream(from: node)
        buffer = stream?.isInPlace == true ? [] : takeBuffer(sum.chunks.grid.format.count)
    }

    /// Lends the memory of the result, which holds anything.
    func write(_ body: (inout MutableSpan<Float>) throws -> Void) rethrows {
        if stream?.isInPlace == true { return try sum.chunks.withElements(body) }
        var floats = takeBuffer()
        defer { buffer = floats }
        try Self.lend(&floats, to: body)
    }

    private static func lend(
        _ floats: inout [Float], to body: (inout MutableSpan<Float>) throws -> Void
    ) rethrows {
        var elements = floats.mutableSpan
        try body(&elements)
    }

    /// Takes a range for final, each element once.
    func take(_ range: Range<Int>, _ result: Span<Float>) {
        stream?.add(range, result, whenFinal: whenFinal)
    }

    /// Ends the leaf: its result is part of the sum. What does not count is not finished, and the leaf is then as if it had not been computed.
    /// - Returns: Buffers that are not needed any more.
    func finish() -> [[Float]] {
        if let stream {
            sum.finish()
            return stream.buffers + [takeBuffer()]
        }
        return sum.insert(takeBuffer(), at: node, whenFinal: whenFinal)
    }

    /// The result's memory, for others.
    func takeBuffer() -> [Float] {
        defer { buffer = [] }
        return buffer
    }
}
