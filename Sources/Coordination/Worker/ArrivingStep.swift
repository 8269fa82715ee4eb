/// Where a step's parameters come from.
enum ParametersOrigin: Sendable {
    /// All from the coordinator, over the link.
    case coordinator
    /// They lie in the coordinator's memory.
    case memory
    /// Some from other workers.
    case workers
}

/// A step's parameters on their way, from the coordinator or from those who pass them on.
struct ArrivingStep: Sendable {
    let step: Int
    var chunks: ChunkSet
    /// The newest duties under which some are passed on by other workers, who may be lost.
    var duties: UInt64
    /// Whether another worker sent any.
    private(set) var arePassedOn = false
    /// Whether the coordinator was asked for all of them.
    var areRequested = false
    /// When a chunk came last.
    var latest: Duration

    /// A chunk came, from the coordinator or another worker, that is passed on under these duties.
    mutating func note(_ duties: UInt64, from sender: ParametersOrigin, at now: Duration) {
        self.duties = max(self.duties, duties)
        if sender == .workers { arePassedOn = true }
        latest = now
    }
}
