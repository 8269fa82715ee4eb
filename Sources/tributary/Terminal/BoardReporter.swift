import Boards
import Cluster
import Synchronization
import Training

/// Has TensorBoard's files follow a run from its beginning.
final class BoardReporter: RunReporter {
    private let paths: RunPaths
    private let configuration: RunConfiguration
    private let board = Mutex<Board?>(nil)

    init(_ options: CoordinatorOptions) {
        paths = RunPaths(options.directory)
        configuration = options.configuration
    }

    func report(_ event: RunEvent) {
        switch event {
        case .started(let summary): begin(summary)
        case .evaluated(let report): board.withLock { $0?.note(report.latents, step: report.step) }
        default: break
        }
    }

    private func begin(_ summary: RunSummary) {
        // The plan was made of these before, so it can be made.
        let board = try? Board(paths, configuration, trainingExamples: summary.trainingExamples) {
            Terminal.standardError.line("warning: \($0)")
        }
        self.board.withLock { $0 = board }
    }

    /// Brings the files up to date, when the records grow no more.
    ///
    /// - Parameter outcome: How the run ended; nil where an error ended it.
    func finish(_ outcome: RunOutcome?) {
        let board = board.withLock { $0.take() }
        board?.finish(isFinished: outcome?.reason == .completed)
    }
}
