/// What happens to a coordinator.
public enum CoordinatorEvent: Sendable, Equatable {
    /// Compute this round; the parameters of its step are there.
    case begin(Round)
    /// A message came whole. Its payload, if any, has the length that it names.
    case received(Envelope<WorkerMessage>, from: Peer)
    /// Bytes came that are no message.
    case malformed(WireError, from: Peer)
    /// A message came over the link that it does not belong on: a worker that was given the second port says hello there.
    case misdirected(WorkerMessage, from: Peer)
    /// A message could not be handed over: the peer is not connected, or takes nothing.
    case undeliverable(Peer)
    /// Pixels for this worker still wait to be read here, so it is not to blame that it takes none.
    case reading(for: Peer)
    /// Whoever has this proven name may take part no more, for this reason.
    case expelled(name: String, reason: String)
    /// Other workers reach this one at an address, and it proves to own a key, or an empty one where nothing is encrypted.
    case located(Peer, address: String, key: String)
    /// What `.openMemory` asked for is done.
    case memoryOpened(Peer)
    /// The hash that `.hashNode` asked for.
    case nodeDigest(Round, node: Int, [UInt8])
    /// The hash that `.hashLease` asked for; nil where the sum was written over before it was read.
    case leaseDigest(Round, lease: UInt64, [UInt8]?)
    /// End politely: why, and what becomes of the run.
    case stop(String, RunFate)
    /// Time has passed.
    case tick
}
