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
    }

    let identifier: UInt64
    let peer: Peer
    let node: Int
    let issued: Duration
    var deadline: Duration
    /// The chunks of the partial that came, in any order.
    var received: ChunkSet
    var state = State.live
}
