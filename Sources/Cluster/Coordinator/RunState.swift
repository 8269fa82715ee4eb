import Contract
import Coordination
import Training

/// A run's numbers and records, from one round to the next: what the coordinator would do if it computed everything alone.
package struct RunState {
    package let program: TrainingProgram
    package let contract: Contract
    package let run: RunIdentifier
    package let totalSteps: Int
    /// Its step and statistics are those of now; its parameters once they are settled.
    package private(set) var model: ModelState
    /// The step whose update has not reached all parameters.
    private var pending: Pending?
    package private(set) var history: History
    private let metrics: MetricsLog
    /// The epoch whose pictures were asked for last.
    private var drawnEpoch = 0

    private struct Pending {
        let update: StepUpdate
        let sum: [Float]
        var settled = 0
    }

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

    package var checkpoint: Checkpoint {
        Checkpoint(contract: contract, run: run.description, state: model, history: history)
    }

    /// The epoch that ended just before the next step, until its evaluation is recorded.
    private var endedEpoch: Int? {
        history.evaluationDue(beforeStep: model.step, plan: program.plan)
    }

    /// What comes next, or nil at the end.
    package var nextRound: Round? {
        if endedEpoch != nil, program.evaluation.examples > 0 { return Round(step: model.step, kind: .evaluation) }
        return model.step < totalSteps ? Round(step: model.step, kind: .training) : nil
    }

    /// The epoch whose pictures are due now, once.
    package mutating func takeEpochToDraw() -> Int? {
        let ended = program.plan.epoch(ofStep: model.step) - 1
        let endsHere = ended > 0 && program.plan.epoch(ofStep: max(0, model.step - 1)) <= ended
        guard endsHere, ended > drawnEpoch, program.evaluation.examples == 0 || endedEpoch == nil else { return nil }
        drawnEpoch = ended
        return ended
    }

    /// Updates the parameters below an index, so that the first ones can leave before the last ones are there.
    ///
    /// - Parameter use: Is handed pieces as soon as they are there, on several threads.
    mutating func settle(upTo end: Int, then use: @Sendable (Range<Int>, Span<Float>) -> Void = { _, _ in }) {
        guard var pending, end > pending.settled else { return }
        let end = min(end, model.parameters.count)
        self.pending = nil
        program.rule.apply(pending.update, pending.sum, to: &model, pending.settled..<end, then: use)
        pending.settled = end
        self.pending = pending
    }

    /// Hands all parameters out, those that are not up to date as soon as they are.
    mutating func settle(storing store: @Sendable (Range<Int>, Span<Float>) -> Void) {
        let settled = 0..<(pending?.settled ?? model.parameters.count)
        if !settled.isEmpty { store(settled, model.parameters.span.extracting(settled)) }
        settle(upTo: model.parameters.count, then: store)
    }

    /// Updates what is left of the parameters, and hands the buffer of the step's sum back.
    package mutating func settle() -> [Float]? {
        settle(upTo: model.parameters.count)
        defer { pending = nil }
        return pending?.sum
    }

    /// Decides on the sum of a step and records what it measured. The parameters move when they are settled.
    /// - Throws: `DivergedError`, `OverwrittenError`, `FileError`.
    package mutating func apply(
        _ sum: consuming RootSum, _ report: RoundReport, imagesPerSecond: Double, traffic: Traffic = Traffic()
    ) throws -> StepReport {
        var floats = sum.takeFloats()
        let root = sum
        let result = Result { try program.rule.prepare(&floats, for: model) { root.complete($0, &$1) } }
        try root.check()
        let update = try result.get()
        program.rule.advance(&model, by: floats)
        pending = Pending(update: update, sum: floats)
        let step = update.metrics
        history.add(step, plan: program.plan)
        let epoch = program.plan.epoch(ofStep: step.step)
        try metrics.append(
            MetricsRow(step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers))
        return StepReport(
            step: step.step, epoch: epoch, totalSteps: totalSteps, reconstruction: step.reconstruction,
            divergence: step.divergence, imagesPerSecond: imagesPerSecond, workers: report.workers,
            partials: report.partials, traffic: traffic)
    }

    /// Records the sums of an evaluation.
    /// - Throws: `OverwrittenError`, `FileError`.
    package mutating func record(
        evaluation sums: consuming RootSum, _ report: RoundReport, imagesPerSecond: Double
    ) throws -> EvaluationReport? {
        let examples = program.evaluation.examples
        guard let epoch = endedEpoch, let found = EvaluationMetrics(sums: try sums.completed(), examples: examples)
        else { return nil }
        history.add(found, epoch: epoch)
        try metrics.append(
            MetricsRow(
                found, step: model.step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers))
        return EvaluationReport(
            epoch: epoch, step: model.step, reconstruction: found.reconstruction, divergence: found.divergence)
    }
}
