import Contract
import Coordination
import Messaging

/// A partial as it arrives: its chunks, as far as they are there.
struct PartialChunks: Sendable {
    let grid: ChunkGrid
    private var chunks: [ChunkBytes?]

    init(_ grid: ChunkGrid) {
        self.grid = grid
        chunks = Array(repeating: nil, count: grid.indices.count)
    }

    subscript(chunk: Int) -> ChunkBytes? {
        get { chunks[chunk] }
        set { chunks[chunk] = newValue }
    }

    /// Takes chunks in a row that lie in a slot of a worker's memory.
    mutating func place(_ memory: SharedMemory, _ slot: MemorySlot, _ range: Range<Int>) {
        for chunk in grid.index(at: range.lowerBound)...grid.index(at: range.upperBound - 1) {
            chunks[chunk] = .memory(memory, slot, grid.bytes(of: chunk))
        }
    }

    /// Whether everything that was read is what workers announced.
    var isIntact: Bool { chunks.allSatisfy { $0?.isIntact ?? true } }

    /// Writes the elements of a chunk that is there over `elements`, which are as many.
    func read(_ chunk: Int, into elements: inout MutableSpan<Float>) {
        let count = grid.piece(chunk).halves.count
        bytes(chunk).withNumbers(halves: count) { halves, floats in
            var first = elements._mutatingExtracting(0..<count)
            decodeBfloat16(halves, into: &first)
            for index in 0..<floats.count { elements[count + index] = floats[index] }
        }
    }

    /// Adds the elements of a chunk that is there, as the right operand, to `sum`, which are as many.
    func add(_ chunk: Int, to sum: inout MutableSpan<Float>) {
        let piece = grid.piece(chunk)
        if piece.halves.isEmpty {
            return bytes(chunk).withNumbers(halves: 0) { _, floats in fold(floats, into: &sum) }
        }
        var elements = [Float](repeating: 0, count: piece.elements.count)
        var right = elements.mutableSpan
        read(chunk, into: &right)
        fold(right.span, into: &sum)
        grid.format.round(&sum, from: piece.elements.lowerBound)
    }

    /// Writes the sum of a range of elements and the same of the right sibling, none of them 16-bit numbers, over `sum`.
    func add(_ range: Range<Int>, of right: PartialChunks, into sum: inout MutableSpan<Float>) {
        guard !range.isEmpty else { return }
        for chunk in grid.index(at: 4 * range.lowerBound)...grid.index(at: 4 * range.upperBound - 1) {
            let elements = grid.piece(chunk).elements
            let part = elements.clamped(to: range)
            let place = part.lowerBound - elements.lowerBound..<part.upperBound - elements.lowerBound
            var target = sum._mutatingExtracting(
                part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound)
            bytes(chunk).withNumbers(halves: 0) { _, left in
                right.bytes(chunk).withNumbers(halves: 0) { _, right in
                    fold(left.extracting(place), right.extracting(place), into: &target)
                }
            }
        }
    }

    /// Writes the sum of a chunk and the same chunk of the right sibling over `sum`.
    func add(_ chunk: Int, of right: PartialChunks, into sum: inout MutableSpan<Float>) {
        let piece = grid.piece(chunk)
        if piece.halves.isEmpty, grid.format.halves == 0 { return add(piece.elements, of: right, into: &sum) }
        read(chunk, into: &sum)
        right.add(chunk, to: &sum)
    }

    private func bytes(_ chunk: Int) -> ChunkBytes {
        guard let bytes = chunks[chunk] else { preconditionFailure("chunk \(chunk) is read before it is here") }
        return bytes
    }
}
