/// A step's parameters on their way, from the coordinator or from those who pass them on.
struct ArrivingStep: Sendable {
    let step: Int
    var chunks: ChunkSet
    /// The newest duties under which some are passed on by other workers, who may be lost.
    var duties: UInt64
    /// When a chunk came last.
    var latest: Duration

    /// A chunk came, passed on under these duties.
    mutating func note(_ duties: UInt64, at now: Duration) {
        self.duties = max(self.duties, duties)
        latest = now
    }
}
