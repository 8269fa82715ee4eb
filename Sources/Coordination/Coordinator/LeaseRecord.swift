/// One lease and what has come of it.
struct LeaseRecord: Sendable {
    /// What a lease is worth.
    enum State: Sendable {
        /// Its worker is expected to deliver.
        case live
        /// It was leased elsewhere; a result is still welcome.
        case moved
        /// Its worker is gone; no result will come.
        case lost
        /// All bytes came.
        case complete
        /// All bytes came to the workers that add them.
        case delivered
    }

    let identifier: UInt64
    let peer: Peer
    /// The worker's name, which outlives its membership.
    let name: String
    let node: Int
    /// Whether it was given to check another's result.
    let isCheck: Bool
    let issued: Duration
    var deadline: Duration
    /// The chunks of the partial that came, in any order.
    var received: ChunkSet
    /// When the first of them came, and the last so far.
    var firstChunk: Duration?
    var lastChunk: Duration?
    var state = State.live
    /// Whether its result was the first of its node, and so part of the sum.
    var isUsed = false
}
