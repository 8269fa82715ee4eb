import ConfigurationFiles
import Files
import Training

/// What a run's directory says, while the run goes on or afterwards: whoever only reads needs no lock.
struct RunView {
    let paths: RunPaths
    /// All rows of its record, in their order.
    let rows: [MetricsRow]

    /// - Throws: `NotARun`, `RecordError`, `FileError`.
    init(_ directory: String) throws {
        paths = RunPaths(directory)
        try paths.requireRun()
        rows = try MetricsLog.rows(paths.metrics)
    }

    /// The directory's own name.
    var name: String {
        let path = resolvedPath(paths.directory) ?? paths.directory
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What the run began with.
    func configuration() throws -> RunConfiguration {
        guard FileStatus(paths.configuration) != nil else {
            throw UsageProblem(
                "the run in \(paths.directory) has lost its config.yaml: put it back, or leave the run out")
        }
        return try ConfigurationSource.file(paths.configuration, isNew: false)
    }

    /// The last row of `digests.jsonl`.
    func lastDigest() throws -> DigestLog.Row? { try DigestLog.rows(paths.digests, neededUpTo: 0).last }

    /// The files that are read of it.
    var files: [String] {
        let own = [paths.metrics, paths.digests, paths.configuration]
        return own
            + [paths.checkpoints, paths.samples].flatMap { folder in
                ((try? PosixFileSystem().names(in: folder)) ?? []).map { "\(folder)/\($0)" }
            }
    }
}
