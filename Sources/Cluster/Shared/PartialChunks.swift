import Contract
import Messaging

/// A partial as it travels: its chunks, each a message, as far as they are there.
struct PartialChunks: Sendable {
    let format: PartialFormat
    private let chunkBytes: Int
    private var messages: [SharedMessage?]

    init(_ format: PartialFormat, chunkBytes: Int) {
        self.format = format
        self.chunkBytes = chunkBytes
        messages = Array(repeating: nil, count: (format.bytes + chunkBytes - 1) / chunkBytes)
    }

    var indices: Range<Int> { messages.indices }

    /// Which elements are in a chunk.
    func piece(_ chunk: Int) -> PartialFormat.Piece {
        format.piece(chunk * chunkBytes..<min(format.bytes, (chunk + 1) * chunkBytes))
    }

    /// The chunk that begins at a byte.
    func index(at offset: Int) -> Int { offset / chunkBytes }

    subscript(chunk: Int) -> SharedMessage? {
        get { messages[chunk] }
        set { messages[chunk] = newValue }
    }

    /// Makes the message of a chunk from its elements.
    ///
    /// - Parameter fill: Writes the elements of a piece of the partial that begins at the given one.
    func message(
        _ chunk: Int, scratch: inout [Float], _ fill: (Int, inout MutableSpan<Float>) -> Void
    ) -> Message {
        let piece = piece(chunk)
        if piece.halves.isEmpty {
            return Message(floats: piece.floats.count) { _, floats in fill(piece.floats.lowerBound, &floats) }
        }
        if scratch.count < piece.elements.count { scratch = [Float](repeating: 0, count: piece.elements.count) }
        var room = scratch.mutableSpan
        var elements = room._mutatingExtracting(0..<piece.elements.count)
        fill(piece.elements.lowerBound, &elements)
        let values = elements.span
        return Message(halves: piece.halves.count, floats: piece.floats.count) { halves, floats in
            encodeBfloat16(values.extracting(0..<halves.count), into: &halves)
            for index in 0..<floats.count { floats[index] = values[halves.count + index] }
        }
    }

    /// Writes the elements of a chunk that is there over `elements`, which are as many.
    func read(_ chunk: Int, into elements: inout MutableSpan<Float>) {
        guard let message = messages[chunk] else { preconditionFailure("chunk \(chunk) is read before it is here") }
        let count = piece(chunk).halves.count
        message.withNumbers(halves: count) { halves, floats in
            var first = elements._mutatingExtracting(0..<count)
            decodeBfloat16(halves, into: &first)
            for index in 0..<floats.count { elements[count + index] = floats[index] }
        }
    }

    /// Adds the elements of a chunk that is there, as the right operand, to `sum`, which are as many.
    func add(_ chunk: Int, to sum: inout MutableSpan<Float>, scratch: inout [Float]) {
        guard let message = messages[chunk] else { preconditionFailure("chunk \(chunk) is folded before it is here") }
        let piece = piece(chunk)
        if piece.halves.isEmpty {
            return message.withNumbers { _, floats in fold(floats, into: &sum) }
        }
        if scratch.count < piece.elements.count { scratch = [Float](repeating: 0, count: piece.elements.count) }
        var room = scratch.mutableSpan
        var right = room._mutatingExtracting(0..<piece.elements.count)
        read(chunk, into: &right)
        fold(right.span, into: &sum)
        format.round(&sum, from: piece.elements.lowerBound)
    }
}
