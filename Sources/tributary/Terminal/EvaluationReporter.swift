import Cluster
import Training

/// Says of an evaluation by workers where they connect, and hands on how many images are done.
final class EvaluationReporter: RunReporter {
    private let progress: @Sendable (Int) -> Void

    init(progress: @escaping @Sendable (Int) -> Void) { self.progress = progress }

    func report(_ event: RunEvent) {
        switch event {
        case .started(let summary):
            Terminal.standardError.line(
                "\(summary.validationExamples) images wait for workers that connect to \(summary.address)")
        case .evaluatedPart(let examples, _): progress(examples)
        default: break
        }
    }
}
