import Contract
import Coordination
import Messaging
import Synchronization

/// Where the chunks of a node's sum go as they become final: into messages, or into memory that the coordinator reads.
final class SumChunks: Sendable {
    let grid: ChunkGrid
    private let memory: (OwnMemory, slot: Int)?
    private let messages = Mutex<[Int: SharedMessage]>([:])

    /// - Parameter place: Memory and a slot of it, which from now on holds this sum and nothing that was there before.
    init(_ grid: ChunkGrid, in place: (memory: OwnMemory, slot: MemorySlot)?) {
        self.grid = grid
        memory = place.map { ($0.memory, $0.slot.index) }
        if let place { place.memory.begin(place.slot.index, stamp: place.slot.stamp) }
    }

    /// Whether a sum that is one leaf's result can be computed where it is read.
    var takesResultsInPlace: Bool { memory != nil && grid.format.halves == 0 }

    /// Writes a chunk that is final.
    ///
    /// - Parameter fill: Writes the elements of a piece of the partial that begins at the given one.
    func write(_ chunk: Int, scratch: inout [Float], _ fill: (Int, inout MutableSpan<Float>) -> Void) {
        let piece = grid.piece(chunk)
        if let (memory, slot) = memory {
            memory.withMutableNumbers(slot, grid.bytes(of: chunk), halves: piece.halves.count) { halves, floats in
                grid.encode(chunk, &halves, &floats, scratch: &scratch, fill)
            }
        } else {
            let message = Message(halves: piece.halves.count, floats: piece.floats.count) { halves, floats in
                grid.encode(chunk, &halves, &floats, scratch: &scratch, fill)
            }
            let shared = SharedMessage(message)
            messages.withLock { $0[chunk] = shared }
        }
    }

    /// Lends the whole sum to be written, where it takes results in place.
    func withElements<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        guard let (memory, slot) = memory else { preconditionFailure("a sum in messages is not written in place") }
        return try memory.withMutableNumbers(slot, 0..<grid.format.bytes) { _, floats in try body(&floats) }
    }

    /// The chunk that begins at a byte of the sum, to be sent.
    func message(at offset: Int) -> Message {
        guard let message = messages.withLock({ $0[grid.index(at: offset)] }) else {
            preconditionFailure("the chunk at byte \(offset) is sent before it is final")
        }
        return message.copy()
    }
}
