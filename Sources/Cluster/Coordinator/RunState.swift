import Contract
import Coordination
import Training

/// A run's numbers and records, from one round to the next: what the coordinator would do if it computed everything alone.
struct RunState {
    let program: TrainingProgram
    let contract: Contract
    let run: RunIdentifier
    let totalSteps: Int
    private(set) var model: ModelState
    private(set) var history: History
    private let metrics: MetricsLog
    /// The epoch whose pictures were asked for last.
    private var drawnEpoch = 0

    init(
        _ program: TrainingProgram, _ contract: Contract, run: RunIdentifier, totalSteps: Int, model: ModelState,
        history: History, metrics: MetricsLog
    ) {
        self.program = program
        self.contract = contract
        self.run = run
        self.totalSteps = totalSteps
        self.model = model
        self.history = history
        self.metrics = metrics
    }

    var checkpoint: Checkpoint {
        Checkpoint(contract: contract, run: run.description, state: model, history: history)
    }

    /// The epoch that ended just before the next step, until its evaluation is recorded.
    private var endedEpoch: Int? {
        history.evaluationDue(beforeStep: model.step, plan: program.plan)
    }

    /// What comes next, or nil at the end.
    var nextRound: Round? {
        if endedEpoch != nil, program.evaluation.examples > 0 { return Round(step: model.step, kind: .evaluation) }
        return model.step < totalSteps ? Round(step: model.step, kind: .training) : nil
    }

    /// The epoch whose pictures are due now, once.
    mutating func takeEpochToDraw() -> Int? {
        let ended = program.plan.epoch(ofStep: model.step) - 1
        let endsHere = ended > 0 && program.plan.epoch(ofStep: max(0, model.step - 1)) <= ended
        guard endsHere, ended > drawnEpoch, program.evaluation.examples == 0 || endedEpoch == nil else { return nil }
        drawnEpoch = ended
        return ended
    }

    /// Applies the sum of a step and records what it measured.
    /// - Throws: `DivergedError`, `FileError`.
    mutating func apply(_ sum: inout [Float], _ report: RoundReport, imagesPerSecond: Double) throws -> StepReport {
        let step = try program.rule.apply(&sum, to: &model)
        history.add(step, plan: program.plan)
        let epoch = program.plan.epoch(ofStep: step.step)
        try metrics.append(
            MetricsRow(step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers))
        return StepReport(
            step: step.step, epoch: epoch, totalSteps: totalSteps, reconstruction: step.reconstruction,
            divergence: step.divergence, imagesPerSecond: imagesPerSecond, workers: report.workers,
            partials: report.partials)
    }

    /// Records the sums of an evaluation.
    /// - Throws: `FileError`.
    mutating func record(
        evaluation sums: [Float], _ report: RoundReport, imagesPerSecond: Double
    ) throws -> EvaluationReport? {
        let examples = program.evaluation.examples
        guard let epoch = endedEpoch, let found = EvaluationMetrics(sums: sums, examples: examples) else { return nil }
        history.add(found, epoch: epoch)
        try metrics.append(
            MetricsRow(
                found, step: model.step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers))
        return EvaluationReport(
            epoch: epoch, step: model.step, reconstruction: found.reconstruction, divergence: found.divergence)
    }
}
