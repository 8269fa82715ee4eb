/// How many bytes may be on their way to one receiver that has not said that it took them.
///
/// What is outstanding belongs to one connection, in which nothing is lost: it ends when the receiver says so, or with the connection.
/// The window follows the link: it grows while what is sent is taken soon, and shrinks where it waits long, so that about half a
/// second's worth of bytes is under way (at least twice the shortest time that a chunk took, however long the way is). A queue that
/// short lets what is urgent overtake what is not. ZeroMQ's own limits count messages; this one counts bytes, so that memory is
/// bounded whatever the chunk size.
public struct CreditWindow: Sendable, Equatable {
    /// A chunk that was sent and not taken yet.
    private struct Chunk: Sendable, Equatable {
        var bytes: Int
        let sent: Duration
        /// What was outstanding with it.
        let load: Int
    }

    /// What a chunk may wait at most, from being sent to being taken.
    static let longestWait = Duration.milliseconds(500)

    /// Where the window begins, and the least and the most that it can become, in bytes.
    private let bounds: ClosedRange<Int>
    /// The bytes that may be outstanding now.
    public private(set) var limit: Int
    /// The bytes sent and not yet taken.
    public private(set) var outstanding = 0
    private var chunks: [Chunk] = []
    /// How many of `chunks` were taken.
    private var taken = 0
    private var shortestWait: Duration?
    /// How long the chunk that was taken last waited.
    public private(set) var latestWait = Duration.zero
    /// When anything was taken last, or sent while nothing was outstanding.
    private var progress = Duration.zero

    /// - Parameters:
    ///   - limit: The most bytes that may ever be outstanding.
    ///   - chunkBytes: What is sent at a time; the window holds two of them at least, and four at first.
    public init(limit: Int, chunkBytes: Int) {
        precondition(limit > 0 && chunkBytes > 0, "expected a positive window, got \(limit) and \(chunkBytes) bytes")
        bounds = min(2 * chunkBytes, limit)...limit
        self.limit = min(4 * chunkBytes, limit)
    }

    /// Whether a chunk of `bytes` may leave; one chunk always may when nothing is outstanding, however large.
    public func admits(_ bytes: Int) -> Bool {
        outstanding == 0 || outstanding + bytes <= limit
    }

    /// Whether a chunk that nobody waits for may leave: it leaves the other half of the window to what is urgent.
    public func admitsCopy(_ bytes: Int) -> Bool {
        outstanding == 0 || outstanding + bytes <= max(bounds.lowerBound, limit / 2)
    }

    /// Records that `bytes` have left.
    public mutating func spend(_ bytes: Int, at now: Duration) {
        if outstanding == 0 { progress = now }
        outstanding += bytes
        chunks.append(Chunk(bytes: bytes, sent: now, load: outstanding))
    }

    /// Records that the receiver took `bytes`. It cannot earn more than it was sent.
    ///
    /// - Returns: Whether it took anything.
    @discardableResult
    public mutating func refund(_ bytes: Int, at now: Duration) -> Bool {
        var rest = min(max(0, bytes), outstanding)
        guard rest > 0 else { return false }
        outstanding -= rest
        progress = now
        while rest > 0 {
            let part = min(rest, chunks[taken].bytes)
            rest -= part
            chunks[taken].bytes -= part
            if chunks[taken].bytes == 0 { finishChunk(of: part, at: now) }
        }
        if 2 * taken > chunks.count {
            chunks.removeFirst(taken)
            taken = 0
        }
        return true
    }

    /// Chunks are taken in the order in which they were sent.
    private mutating func finishChunk(of bytes: Int, at now: Duration) {
        let chunk = chunks[taken]
        taken += 1
        latestWait = now - chunk.sent
        let shortest = min(shortestWait ?? latestWait, latestWait)
        shortestWait = shortest
        let longest = max(Self.longestWait, shortest * 2)
        if latestWait > longest {
            limit = max(bounds.lowerBound, limit - bytes / 2)
        } else if latestWait * 2 < longest, 2 * chunk.load > limit {
            limit = min(bounds.upperBound, limit + bytes)
        }
    }

    /// Records that the receiver can have taken nothing until now, since the sender has not what it counts as sent.
    public mutating func excuse(at now: Duration) {
        progress = now
    }

    /// How long nothing was taken of what is outstanding.
    public func stalled(at now: Duration) -> Duration {
        outstanding == 0 ? .zero : now - progress
    }
}
