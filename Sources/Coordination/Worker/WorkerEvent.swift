/// What happens to a worker.
public enum WorkerEvent: Sendable, Equatable {
    /// The process has started.
    case begin
    /// A message came whole. Its payload, if any, has the length that it names.
    case received(Envelope<CoordinatorMessage>)
    /// A message of another worker came whole, with its payload, if it has any.
    case receivedFromPeer(Envelope<PeerMessage>, PeerConnection)
    /// The connection to a worker's door ended, or took no message.
    case peerLost([UInt8])
    /// Bytes came that are no message.
    case malformed(WireError)
    /// What the contract describes is built; this is the SHA-256 of the probe, and the graphs hold so many bytes.
    case prepared(probe: String, graphBytes: Int = 0)
    /// It cannot be built, and why.
    case unprepared(String)
    /// While the last leaf of its node is computed, this chunk of the node's sum is final already.
    case chunkReady(Leaf, chunk: Int)
    /// A leaf is computed and part of its node's sum.
    case leafFinished(Leaf)
    /// A leaf was not computed, since its parameters were written over while a thread read them; what was told of it is right.
    case parametersOverwritten(Leaf)
    /// The memory that `.openMemory` asked for is there; this is the worker's own.
    case memoryOpened(MemoryRegion)
    /// A leaf cannot be computed, and why.
    case leafFailed(String)
    /// Leave the run politely, and why.
    case leave(String)
    /// A connection was refused, or whoever listens did not prove to be the coordinator.
    case turnedAway(Turning)
    /// The coordinator's name has addresses.
    case resolved
    /// It has none, in a sentence.
    case unresolved(String)
    /// One of the two connections ended, or took no message any more.
    case disconnected
    /// Time has passed.
    case tick
}

/// What a message of another worker came over.
public enum PeerConnection: Sendable, Equatable {
    /// A connection that the other has opened to this worker's door, by its own name.
    case door([UInt8])
    /// The connection that this worker has opened to the door of the one with this identity.
    case line([UInt8])
}

/// Why a connection does not come about, where somebody listens.
public enum Turning: Sendable, Equatable {
    /// The coordinator does not let this worker's key in.
    case byCoordinator
    /// Somebody else listens there, or a coordinator with other keys.
    case byStranger
    /// Whoever listens there uses keys, and this worker has none.
    case forLackOfKeys
    /// Whoever listens there uses no keys, and this worker does.
    case byKeyless
}
