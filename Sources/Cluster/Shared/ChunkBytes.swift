import Coordination
import Messaging

/// The bytes of a chunk that came: in a message, or in memory that a worker lets this process read.
enum ChunkBytes: Sendable {
    case message(SharedMessage)
    case memory(SharedMemory, MemorySlot, Range<Int>)

    /// Lends the 16-bit numbers at the beginning and all floats behind them.
    func withNumbers<Result>(halves: Int, _ body: (Span<UInt16>, Span<Float>) -> Result) -> Result {
        switch self {
        case .message(let message): message.withNumbers(halves: halves, body)
        case .memory(let memory, let slot, let range): memory.withNumbers(slot.index, range, halves: halves, body)
        }
    }

    /// Whether what was read so far is what the worker announced.
    var isIntact: Bool {
        switch self {
        case .message: true
        case .memory(let memory, let slot, _): memory.holds(slot.stamp, in: slot.index)
        }
    }
}
