import Synchronization

/// A message that is kept: read by several, and sent any number of times without copying its bytes.
public final class SharedMessage: @unchecked Sendable {
    // Unchecked: the bytes are only read, and what counts their owners changes under the lock.
    private let message: Message
    private let lock = Mutex(())

    public init(_ message: consuming Message) {
        self.message = message
    }

    /// Another message of the same bytes, to be sent.
    public func copy() -> Message {
        let copy = Message()
        lock.withLock { _ in message.share(with: copy) }
        return copy
    }

    /// The number of bytes.
    public var count: Int { message.count }

    /// Lends the 16-bit numbers at the beginning and all floats behind them.
    /// - Precondition: There are so many.
    public func withNumbers<Result>(halves: Int = 0, _ body: (Span<UInt16>, Span<Float>) -> Result) -> Result {
        message.withNumbers(halves: halves, body)
    }
}
