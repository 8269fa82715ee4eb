/// What a run writes while it goes on: the rows of its steps, their digests, and checkpoints.
public struct RunRecords: Sendable {
    public let checkpoints: CheckpointStore
    public let metrics: MetricsLog
    private var digests: DigestLog
    /// The held-out −ELBO of the best checkpoint when the run was opened, in nats; nil where there was none.
    public let best: Double?
    /// Why the best checkpoint that was there cannot be used, if that is so.
    public let bestProblem: String?
    /// Whether there is a best checkpoint that can be used.
    private var hasBest: Bool
    /// Whether somebody may go back to a state whose best is the one that is there.
    private var isBestNeeded: Bool

    init(checkpoints: CheckpointStore, metrics: MetricsLog, digests: DigestLog, best: CheckpointStore.Best) {
        self.checkpoints = checkpoints
        self.metrics = metrics
        self.digests = digests
        switch best {
        case .none: (self.best, bestProblem) = (nil, nil)
        case .whole(let value): (self.best, bestProblem) = (value, nil)
        case .damaged(let sentence): (self.best, bestProblem) = (nil, sentence)
        }
        isBestNeeded = self.best != nil
        hasBest = isBestNeeded
    }

    /// Writes a row of `digests.jsonl`, or compares it with the one that is there.
    ///
    /// - Throws: `DigestMismatch`, `FileError`.
    public mutating func record(_ state: ModelState) throws {
        try digests.record(state.digest, step: state.step)
    }

    /// Saves a checkpoint and returns its path.
    ///
    /// The rows are forced to the disk first: whoever resumes from the checkpoint finds a row for each of its steps, also after
    /// a power failure.
    public mutating func save(_ checkpoint: Checkpoint) throws -> String {
        try metrics.synchronize()
        try digests.synchronize()
        let path = try checkpoints.save(checkpoint.encode(), step: checkpoint.state.step)
        isBestNeeded = hasBest
        return path
    }

    /// Saves the checkpoint of a state that is better than all before it. To be called before a later state is saved.
    ///
    /// - Throws: `DigestMismatch` where another digest is recorded for its step; `FileError`, `CheckpointError`.
    public mutating func saveBest(_ checkpoint: Checkpoint) throws {
        if digests.contains(step: checkpoint.state.step) { try record(checkpoint.state) }
        try checkpoints.saveBest(checkpoint.encode(), step: checkpoint.state.step, keepingEarlier: isBestNeeded)
        (hasBest, isBestNeeded) = (true, false)
    }
}
