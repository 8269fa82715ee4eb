import Contract
import Explore
import Foundation
import Training

/// The files of a run, or one checkpoint, as a page may see them.
struct RunFiles {
    /// A run directory or a checkpoint.
    private let path: String

    init(_ path: String) { self.path = path }

    func explored(_ examples: ExploredRun.Examples?) -> ExploredRun {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let paths = RunPaths(path)
        guard (try? paths.requireRun()) != nil else {
            return ExploredRun(
                name: name, steps: { [] }, read: { [path] _ in try CheckpointCommand.read(path) }, metrics: nil,
                examples: examples)
        }
        let store = CheckpointStore(directory: paths.checkpoints, check: ForeignFile.checkpoint.requireSafe)
        return ExploredRun(
            name: name, steps: { try store.steps() }, read: { try store.read(step: $0) }, metrics: paths.metrics,
            examples: examples)
    }
}
