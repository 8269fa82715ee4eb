import Cluster
import Training

extension RunEvent {
    /// A line for the user, or nil for what the log says or a bar shows.
    var line: String? {
        switch self {
        case .started(let summary): summary.line
        case .evaluated(let report):
            (report.endsEpoch ? "epoch \(report.epoch) ended" : "step \(report.step)")
                + ": held-out \(negativeELBOText(report.reconstruction, report.divergence))\(report.likelihood)\(report.comparison)"
        case .stoppedEarly(let sentence): sentence
        case .pictures(let paths, _): "pictures: \(paths.joined(separator: " "))"
        case .step, .evaluating, .evaluatedPart, .drawing, .checkpointSaved, .workerJoined, .workerLeft, .leaseMoved,
            .notice,
            .alive, .finished:
            nil
        }
    }
}

extension EvaluationReport {
    /// What −ln p(x) was estimated to be, where it was.
    fileprivate var likelihood: String {
        evidence.map { ", -ln p(x) \(decimal($0.negativeLogLikelihood.mean)) nats" } ?? ""
    }

    /// How it compares with the best one so far.
    fileprivate var comparison: String {
        guard let best else { return "" }
        return best.step == step ? ", the best so far" : ", best \(decimal(best.negativeELBO)) at step \(best.step)"
    }
}

extension RunSummary {
    fileprivate var line: String {
        (skipped + ["run \(run.prefix(8)) \(plan)"]).joined(separator: "\n")
    }

    private var plan: String {
        guard step < totalSteps else { return "has \(step) steps already: ask for more with --steps or --epochs" }
        let start =
            checkpoint.map { "goes on from \($0)" }
            ?? "begins: \(parameters) parameters, \(trainingExamples) images (\(validationExamples) held out), "
            + "\(shards) shards × \(microbatch) images a step"
        let workers = address.isEmpty ? "" : "; workers connect to \(address)"
        return "\(start), up to step \(totalSteps)\(workers)"
    }
}
