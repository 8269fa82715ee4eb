/// How many bytes may be on their way to one receiver that has not said that it took them.
///
/// ZeroMQ's own limits count messages; this one counts bytes, so that memory is bounded whatever the chunk size.
public struct CreditWindow: Sendable, Equatable {
    /// The bytes that may be outstanding.
    public let limit: Int
    /// The bytes sent and not yet taken.
    public private(set) var outstanding = 0

    public init(limit: Int) {
        precondition(limit > 0, "expected a positive window, got \(limit) bytes")
        self.limit = limit
    }

    /// Whether a chunk of `bytes` may leave; one chunk always may when nothing is outstanding, however large.
    public func admits(_ bytes: Int) -> Bool {
        outstanding == 0 || outstanding + bytes <= limit
    }

    /// Records that `bytes` have left.
    public mutating func spend(_ bytes: Int) {
        outstanding += bytes
    }

    /// Records that the receiver took `bytes`. It cannot earn more than it was sent.
    ///
    /// - Returns: Whether it took anything.
    @discardableResult
    public mutating func refund(_ bytes: Int) -> Bool {
        let before = outstanding
        outstanding = max(0, outstanding - bytes)
        return outstanding < before
    }

    /// Forgets what is outstanding: the receiver said that it expects nothing of it any more.
    public mutating func restart() {
        outstanding = 0
    }
}
