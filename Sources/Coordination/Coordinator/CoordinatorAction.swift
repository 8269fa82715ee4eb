/// What the coordinator's process has to do, in the order in which actions are given: with messages, large things, sums, and the run itself.
public enum CoordinatorAction: Sendable, Equatable {
    /// Send a message over the control link.
    case send(CoordinatorMessage, step: Int, to: Peer)
    /// Give a worker something large.
    case transfer(Transfer, to: Peer)
    /// Do something with sums.
    case sums(SumAction)
    /// The run takes a turn.
    case run(RunAction)
    /// Tell a peer, over the bulk link, that its port is not the one to connect to.
    case turnAway(Peer)
    /// Listen no more to whoever has this proven name, and let nobody of that name in.
    case bar(String)
    /// Say how the run is doing, to whoever asked.
    case sendStatus(to: Peer)
    /// Keep what a worker says it did.
    case takeSpans(WorkSpans, of: Peer)
    /// Write a line in the log.
    case note(Notice)
}

/// Something large that a worker is given.
public enum Transfer: Sendable, Equatable {
    /// A piece of the parameters, over the bulk link: of this step, or of one in `stepsInUse`; to be passed on under these duties.
    case parameters(step: Int, offset: Int, bytes: Int, duties: UInt64)
    /// The parameters of this step, the current one: put into memory where they are not there yet, and the worker told where.
    case storedParameters(step: Int)
    /// Pixels, over the bulk link.
    case rows(PixelSplit, examples: [UInt32])
}

/// What happens to sums, which lie outside the coordinator's decisions: a sum is named by its node, a partial on its way by its lease.
/// All are of the current round.
public enum SumAction: Sendable, Equatable {
    /// Map this memory of a worker, and report `.memoryOpened` where that works.
    case openMemory(MemoryRegion, of: Peer)
    /// Nothing new will be read in the memory of this worker.
    case closeMemory(of: Peer)
    /// Put this event's payload at `offset` bytes of the lease's partial, which has `total`. Chunks come in any order, each
    /// once; with the first one the partial is new.
    case place(lease: UInt64, offset: Int, total: Int)
    /// The same of bytes that lie in the worker's memory, at the same place of a slot.
    case placeStored(MemorySlot, of: Peer, lease: UInt64, range: Range<Int>, total: Int)
    /// The lease's partial is the sum of `node`.
    case commit(lease: UInt64, node: Int)
    /// Forget a lease's partial.
    case drop(lease: UInt64)
    /// Forget the sum of a node.
    case discard(node: Int)
    /// Add the sum of the right child to the left one's: the sum of `node`. The children's are used up.
    case fold(node: Int)
    /// Hash the sum of a node and report `.nodeDigest`.
    case hashNode(Round, node: Int)
    /// Hash the partial of a lease, report `.leaseDigest`, and forget the partial.
    case hashLease(Round, lease: UInt64)
}

/// A turn that the run takes.
public enum RunAction: Sendable, Equatable {
    /// The sum of the root is complete.
    case finished(RoundReport)
    /// No worker came for too long: end the run, with this sentence.
    case abandon(String)
    /// Refuse workers of this name from now on, also after a restart, with this sentence.
    case quarantine(name: String, sentence: String)
    /// A sum that this step used was wrong: go on under a new epoch from a state of at most `step` steps, and forget all later
    /// ones. Nothing follows this action; the state that gave it is at its end.
    case goBack(step: Int, sentence: String)
    /// Every goodbye is answered, or waited for long enough.
    case stopped
}
