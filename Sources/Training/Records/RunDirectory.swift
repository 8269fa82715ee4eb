import Files

/// Everything that a run leaves behind, in one directory that its coordinator has locked.
public struct RunDirectory: Sendable {
    public let paths: RunPaths
    let files: any FileSystem
    private let kept: Int
    private let check: FileCheck
    private let lock: any Sendable

    /// Makes the directory, its parents included, and locks it.
    ///
    /// - Parameters:
    ///   - resume: Whether a run may be there already.
    ///   - kept: How many of the newest checkpoints stay.
    ///   - check: Asked before a checkpoint is parsed here.
    /// - Throws: `DirectoryInUse`, `DirectoryNotEmpty`, `FileError`.
    public init(
        _ path: String, resume: Bool, files: any FileSystem = PosixFileSystem(),
        keeping kept: Int = CheckpointStore.fewestKept, check: @escaping FileCheck = { _ in }
    ) throws {
        paths = RunPaths(path)
        self.files = files
        self.kept = kept
        self.check = check
        try Self.createDirectories(path, files)
        // Not even a lock is left in a directory that was never a run's.
        let found = try Self.names(in: path, files)
        guard found.isEmpty || found.contains("lock") || (resume && found.contains("checkpoints")) else {
            throw DirectoryNotEmpty(path: path, holdsRun: found.contains("checkpoints"))
        }
        lock = try files.lock(path)
        guard try resume || Self.names(in: path, files).allSatisfy({ $0 == "lock" }) else {
            throw DirectoryNotEmpty(path: path, holdsRun: true)
        }
        try files.createDirectory(paths.checkpoints)
        try files.createDirectory(paths.samples)
        try files.synchronize(directory: path)
        for directory in [path, paths.checkpoints, paths.samples] { try files.removeTemporaries(in: directory) }
        try finishGoingBack()
    }

    /// Fails where another process works in a run's directory; what is no run's is left alone.
    ///
    /// - Throws: `DirectoryInUse`.
    public static func requireFree(_ path: String, files: any FileSystem = PosixFileSystem()) throws {
        guard let names = try? files.names(in: path), names.contains("lock") else { return }
        _ = try files.lock(path)
    }

    public var checkpoints: CheckpointStore {
        CheckpointStore(directory: paths.checkpoints, files: files, keeping: kept, check: check)
    }

    /// Opens the records of a run that continues at a state.
    ///
    /// - Throws: `DigestMismatch` where the state's own digest is not the recorded one. `RecordError`, `FileError`.
    public func records(resumingAt state: ModelState, history: History) throws -> RunRecords {
        var digests = try DigestLog(paths.digests, resumingAt: state.step, files: files)
        if digests.contains(step: state.step) { try digests.record(state.digest, step: state.step) }
        let metrics = try MetricsLog(paths.metrics, resumingAt: state.step, history: history, files: files)
        let best = try checkpoints.restoreBest { step in history.valid.contains { $0.step == step } }
        return RunRecords(checkpoints: checkpoints, metrics: metrics, digests: digests, best: best)
    }

    /// Writes `config.yaml`, the configuration as the user may start from it again.
    public func write(configuration yaml: String) throws(FileError) {
        try files.replaceDurably(paths.configuration, Array(yaml.utf8))
    }

    /// What is in a directory besides what a new disk has.
    private static func names(in directory: String, _ files: any FileSystem) throws(FileError) -> [String] {
        try files.names(in: directory).filter { $0 != "lost+found" }
    }

    private static func createDirectories(_ path: String, _ files: any FileSystem) throws(FileError) {
        var position = path.startIndex
        while let slash = path[position...].dropFirst().firstIndex(of: "/") {
            try files.createDirectory(String(path[..<slash]))
            position = slash
        }
        try files.createDirectory(path)
    }
}

/// A directory that a new run would overwrite, or mix with what is not a run's.
public struct DirectoryNotEmpty: Error, Hashable, CustomStringConvertible {
    public let path: String
    public let holdsRun: Bool

    public var description: String {
        holdsRun
            ? "\(path) is not empty: continue the run in it with --resume, or choose another directory"
            : "\(path) is not empty and holds no run: choose another directory"
    }
}
