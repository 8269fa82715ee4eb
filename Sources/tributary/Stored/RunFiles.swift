import Contract
import Explore
import Foundation
import Ingest
import Training

/// The files of a run, or one checkpoint, as a page may see them.
enum RunFiles {
    /// - Parameter path: A run directory or a checkpoint.
    static func explored(
        _ path: String, _ examples: ExploredRun.Examples?, _ fitting: PictureFitting
    ) -> ExploredRun {
        if (try? RunPaths(path).requireRun()) != nil { return run(in: path, examples, fitting) }
        return ExploredRun(
            name: name(of: path), steps: { [] }, read: { _ in try CheckpointCommand.read(path) }, metrics: nil,
            examples: examples, fit: fit(fitting))
    }

    private static func fit(_ fitting: PictureFitting) -> @Sendable ([UInt8]) throws -> [UInt8] {
        { try fitting.pixels(of: $0, named: "that was sent") }
    }

    /// A run, which may have no files yet.
    static func run(
        in directory: String, _ examples: ExploredRun.Examples?, _ fitting: PictureFitting,
        activity: (@Sendable () -> RunActivity)? = nil
    ) -> ExploredRun {
        let paths = RunPaths(directory)
        let store = CheckpointStore(directory: paths.checkpoints, check: ForeignFile.checkpoint.requireSafe)
        return ExploredRun(
            name: name(of: directory), steps: { try store.steps() }, read: { try store.read(step: $0) },
            metrics: paths.metrics, examples: examples, fit: fit(fitting), activity: activity)
    }

    private static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}
