import Contract

/// What the worker's process has to do, in this order.
public enum WorkerAction: Sendable, Equatable {
    /// Open both links anew, under a fresh identity, to the next address of the coordinator's name.
    case connect
    /// Send a message over the control link.
    case send(Envelope<WorkerMessage>)
    /// Send a message without payload over the bulk link.
    case sendBulk(Envelope<WorkerMessage>)
    /// Build what the contract describes, in no more memory than given, compute its probe, and report `.prepared`.
    case prepare(Contract, CoordinatorMessage.Welcome, graphBytes: Int)
    /// The parameters of `step` begin to arrive, in place of any that have not arrived whole.
    case beginParameters(step: Int)
    /// Put this event's payload at `offset` bytes of the parameters of `step`.
    case placeParameters(step: Int, offset: Int)
    /// Keep this event's payload, a piece of the parameters of `step`, to pass it on; those of earlier steps are passed on no more.
    case keepParameters(step: Int, offset: Int)
    /// The parameters of `step` are complete: leaves that start from now on use them.
    case useParameters(step: Int)
    /// Map this memory of the coordinator, make some with so many slots, and report `.memoryOpened` where both work.
    case openMemory(MemoryRegion, slots: Int, slotBytes: Int)
    /// The parameters of `step` are in this slot of the coordinator's memory: leaves that start from now on use them.
    case useStoredParameters(step: Int, MemorySlot)
    /// Keep what this event's payload holds: the pixels of these examples, one after the other; nil where they are not to be kept.
    case placeRows(PixelSplit, [UInt32?])
    /// Forget a shard's pixels, of either split.
    case forgetPixels(shard: Int)
    /// Compute a leaf on a free thread, add it to the sum of the leased `node`, and report `.leafFinished`.
    case compute(Leaf)
    /// Send a piece of a leased node's sum over the bulk link.
    case upload(WorkerMessage.PartialChunk)
    /// Have connections to exactly these workers, and let exactly these in.
    case introduce([PeerEntry])
    /// Open the connection to a worker anew.
    case reconnect(PeerEntry)
    /// Send a message without payload to a worker, over the connection to its door.
    case sendPeer(Envelope<PeerMessage>, to: [UInt8])
    /// Answer a worker over the connection that it has opened.
    case answerPeer(Envelope<PeerMessage>, over: [UInt8])
    /// Send a piece of a leased node's sum to a worker.
    case sendPiece(SumPiece, to: [UInt8])
    /// Send a piece of a sum that was added here to a worker, and keep it no more.
    case handOnPiece(SumPiece, to: [UInt8])
    /// Send a piece of parameters that was kept to a worker.
    case passParameters(PassedParameters, to: [UInt8])
    /// Keep a piece of a sum for adding: this event's payload, or a piece of an own leased node's.
    case keepPiece(SumPiece, isOwn: Bool)
    /// Forget a piece.
    case discardPiece(SumPiece)
    /// Add the pieces of a node's two children, which are used up: that is its piece.
    case addPieces(SumPiece)
    /// Send the root's piece to the coordinator over the bulk link.
    case uploadPiece(SumPiece)
    /// Forget all pieces.
    case forgetPieces
    /// Forget the sum of a leased node.
    case forget(Round, node: Int)
    /// Say what this process did since it was asked last, and note it from now on.
    case tellSpans(asked: Duration)
    /// Stop, with a sentence for the log or the user.
    case end(String, WorkerEnd)
    /// Write a line in the log.
    case note(Notice)
}

/// One shard's work in one round, for the sum of the leased node above it.
public struct Leaf: Sendable, Hashable {
    public let round: Round
    public let node: Int
    public let shard: Int
    /// Which of the worker's memberships it was started for. After joining anew a worker may be given the same leaf while
    /// a thread still computes the old one, whose result counts for nothing.
    public let membership: Int
    /// Where the node's sum goes, if not into messages.
    public let slot: MemorySlot?

    public init(round: Round, node: Int, shard: Int, membership: Int = 0, slot: MemorySlot? = nil) {
        self.round = round
        self.node = node
        self.shard = shard
        self.membership = membership
        self.slot = slot
    }
}
