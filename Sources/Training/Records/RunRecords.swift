/// What a run writes while it goes on: the rows of its steps, their digests, and checkpoints.
public struct RunRecords: Sendable {
    public let checkpoints: CheckpointStore
    public let metrics: MetricsLog
    private var digests: DigestLog

    init(checkpoints: CheckpointStore, metrics: MetricsLog, digests: DigestLog) {
        self.checkpoints = checkpoints
        self.metrics = metrics
        self.digests = digests
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
    public func save(_ checkpoint: Checkpoint) throws -> String {
        try metrics.synchronize()
        try digests.synchronize()
        return try checkpoints.save(checkpoint.encode(), step: checkpoint.state.step)
    }
}
