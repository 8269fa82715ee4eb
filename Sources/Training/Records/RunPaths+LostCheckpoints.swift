import Files

extension RunPaths {
    /// Refuses a run whose record says that it reached a checkpoint, and that has none: to begin it anew would bury the record.
    ///
    /// To be asked where there is no checkpoint. A row of a later step is written after the first checkpoint is there; the row of step 0 may be
    /// all that a run left that died before.
    /// - Throws: `LostCheckpoints`, `RecordError`, `FileError`.
    public func requireNoRecordWithoutCheckpoint(files: any FileSystem = PosixFileSystem()) throws {
        let last = try DigestLog.rows(digests, neededUpTo: 0, files: files).map(\.step).max() ?? 0
        if last > 0 { throw LostCheckpoints(paths: self, step: last) }
    }
}

/// A run whose checkpoints somebody removed.
public struct LostCheckpoints: Error, Hashable, CustomStringConvertible {
    public let paths: RunPaths
    /// The last step in the record.
    public let step: Int

    public var description: String {
        "the run in \(paths.directory) is recorded up to step \(step), and no checkpoint is left in \(paths.checkpoints) to go on from: "
            + "put the checkpoints back, or begin a new run in another directory"
    }
}
