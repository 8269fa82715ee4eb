import Training

/// Whoever wants to show how a run goes: a progress bar, a log, a test.
///
/// It is called on the coordinator's own thread and must not take long.
public protocol RunReporter: Sendable {
    func report(_ event: RunEvent)
}

/// What happens in a run, as its user sees it.
public enum RunEvent: Sendable {
    /// The run begins or goes on.
    case started(RunSummary)
    /// A step was applied.
    case step(StepReport)
    /// The evaluation of so many held-out examples begins; no step is taken until it ends.
    case evaluating(examples: Int)
    /// So many of them are evaluated; about once a second.
    case evaluatedPart(examples: Int, of: Int)
    /// The held-out examples were evaluated.
    case evaluated(EvaluationReport)
    case checkpointSaved(path: String, step: Int)
    /// Pictures are being drawn, while steps go on.
    case drawing(PictureMoment)
    case pictures(paths: [String], PictureMoment)
    case workerJoined(name: String, process: Int)
    case workerLeft(name: String, reason: String)
    /// A node was leased to another worker before its step was over, in the wording of the log.
    case leaseMoved(String)
    /// The run ends before all its steps are done, for the reason that the sentence says.
    case stoppedEarly(String)
    /// Anything else worth a line.
    case notice(String)
    /// The coordinator's loop goes round; about once a second.
    case alive
    case finished(RunOutcome)
}

/// Where a run begins.
public struct RunSummary: Sendable {
    /// 32 hexadecimal digits.
    public var run: String
    /// How many steps are applied already.
    public var step: Int
    /// How many will be when the run stops.
    public var totalSteps: Int
    public var totalEpochs: Int
    public var parameters: Int
    public var trainingExamples: Int
    public var validationExamples: Int
    public var shards: Int
    public var microbatch: Int
    /// Where workers connect.
    public var address: String
    /// The checkpoint that the run goes on from, if any.
    public var checkpoint: String?
    /// Newer checkpoints that did not verify, and why.
    public var skipped: [String]
}

/// What one step came to. Nats are summed over dimensions and averaged over the step's examples.
public struct StepReport: Sendable {
    /// From 0.
    public var step: Int
    /// From 1.
    public var epoch: Int
    public var totalSteps: Int
    public var reconstruction: Double
    public var divergence: Double
    public var negativeELBO: Double { reconstruction + divergence }
    public var imagesPerSecond: Double
    public var workers: Int
    /// How many partials came whole.
    public var partials: Int
    /// What went over the bulk link for it.
    public var traffic: Traffic
}

/// What an evaluation came to. Nats are summed over dimensions and averaged over the held-out examples.
public struct EvaluationReport: Sendable {
    /// The epoch that the last step lies in.
    public var epoch: Int
    /// Whether that step ends the epoch.
    public var endsEpoch: Bool
    /// How many steps had been applied.
    public var step: Int
    public var reconstruction: Double
    public var divergence: Double
    public var negativeELBO: Double { reconstruction + divergence }
    /// The best evaluation of the run so far; nil where none came to a number.
    public var best: History.Epoch?
    /// Which of its latents the model uses.
    public var latents: LatentUse
    /// What −ln p(x) was estimated to be, where the configuration asks for it.
    public var evidence: EvidenceEstimate?
    /// What is wrong with the posterior, and what helps, in a sentence.
    public var collapse: String? { latents.collapse }
}

/// How a run ended.
public struct RunOutcome: Sendable, Equatable {
    /// Why it ended.
    public enum Reason: Sendable, Equatable {
        /// All steps are done, or the rule of early stopping ended it.
        case completed
        /// Somebody asked: `SIGINT`, `SIGTERM` or another text.
        case interrupted(String)
    }

    public var reason: Reason
    /// How many steps are applied.
    public var step: Int
    /// The SHA-256 of the state, as `checkpoint digest` prints it.
    public var digest: String
    /// The newest checkpoint.
    public var checkpoint: String
}
