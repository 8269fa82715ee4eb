import Files

/// Where the files of a run are; whoever only reads them needs no lock.
public struct RunPaths: Hashable, Sendable {
    public let directory: String

    public init(_ directory: String) { self.directory = directory }

    public var checkpoints: String { directory + "/checkpoints" }
    public var metrics: String { directory + "/metrics.jsonl" }
    public var digests: String { directory + "/digests.jsonl" }
    public var samples: String { directory + "/samples" }
    /// Where TensorBoard looks for what the records say.
    public var tensorboard: String { directory + "/tensorboard" }
    public var configuration: String { directory + "/config.yaml" }

    /// Whether a run is there, by what it leaves behind that little else does.
    public var holdRun: Bool {
        let own = [metrics, digests, directory + "/lock", directory + "/coordinator-epoch"]
        return FileStatus(checkpoints)?.kind == .directory && own.contains { FileStatus($0) != nil }
    }

    /// - Throws: `NotARun` where there are no checkpoints; `FileError` where that cannot be seen.
    public func requireRun(files: any FileSystem = PosixFileSystem()) throws {
        do throws(FileError) {
            _ = try files.names(in: checkpoints)
        } catch {
            throw error.isNotFound ? NotARun(path: directory) : error
        }
    }
}

/// A path that was given as a run directory.
public struct NotARun: Error, Hashable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "there is no run in \(path): name the directory that `train` or `coordinator` was given with --out"
    }
}
