import Contract
import Coordination
import Files
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
    private let evaluateEvery: Cadence
    private var pictures: PictureSchedule
    /// The held-out −ELBO of the best checkpoint, in nats.
    private var best: Double?

    private struct Pending {
        let update: StepUpdate
        let sum: [Float]
        /// What the step measured, to be written down.
        let row: MetricsRow
        var settled = 0
    }

    init(
        _ program: TrainingProgram, _ contract: Contract, run: RunIdentifier, totalSteps: Int, evaluateEvery: Cadence,
        picturesEvery: Cadence?, model: ModelState, history: History, best: Double?, metrics: MetricsLog
    ) {
        self.program = program
        self.contract = contract
        self.run = run
        self.totalSteps = totalSteps
        self.model = model
        self.history = history
        self.metrics = metrics
        self.best = best
        self.evaluateEvery = evaluateEvery
        pictures = PictureSchedule(every: picturesEvery, plan: program.plan, totalSteps: totalSteps)
    }

    package var checkpoint: Checkpoint {
        Checkpoint(contract: contract, run: run.description, state: model, history: history)
    }

    /// The checkpoint of the state that was just evaluated, once, where no state was as good before.
    package mutating func takeBest() -> Checkpoint? {
        precondition(pending == nil, "the state after step \(model.step) is saved before it is settled")
        guard let value = checkpoint.heldOutNegativeELBO, value.isFinite, best.map({ value < $0 }) ?? true else {
            return nil
        }
        best = value
        return checkpoint
    }

    /// Whether the state is to be evaluated before the next step, until that is recorded.
    private var isEvaluationDue: Bool {
        program.evaluation.examples > 0
            && history.isEvaluationDue(
                afterSteps: model.step, every: evaluateEvery, isLast: model.step >= totalSteps, plan: program.plan)
    }

    /// What comes next, or nil at the end.
    package var nextRound: Round? {
        if isEvaluationDue { return Round(step: model.step, kind: .evaluation) }
        return model.step < totalSteps && !stopsEarly ? Round(step: model.step, kind: .training) : nil
    }

    private var stopsEarly: Bool { program.configuration.earlyStopping?.ends(history) ?? false }

    /// Why the run has ended before all its steps are done, if that is so.
    var earlyEnd: String? {
        guard model.step < totalSteps, let rule = program.configuration.earlyStopping, rule.ends(history) else {
            return nil
        }
        let sentence = "the run stops after step \(model.step), as \(rule.reason)"
        guard let best = history.best else { return sentence + ", and none was finite" }
        return sentence
            + ": -ELBO was lowest after step \(best.step), \(Float(best.negativeELBO)) nats, and checkpoints/best.h5 is "
            + "of that state"
    }

    /// The pictures that are due now, once; they come after the evaluation of the same state.
    package mutating func takePictures(at now: Duration) -> PictureMoment? {
        isEvaluationDue ? nil : pictures.take(afterSteps: model.step, at: now, isLast: stopsEarly)
    }

    /// Updates the parameters below an index, so that the first ones can leave before the last ones are there.
    ///
    /// - Parameter use: Is handed pieces as soon as they are there, on several threads.
    mutating func update(upTo end: Int, then use: @Sendable (Range<Int>, Span<Float>) -> Void = { _, _ in }) {
        guard var pending, end > pending.settled else { return }
        let end = min(end, model.parameters.count)
        self.pending = nil
        program.rule.apply(pending.update, pending.sum, to: &model, pending.settled..<end, then: use)
        pending.settled = end
        self.pending = pending
    }

    /// Hands all parameters out, those that are not up to date as soon as they are.
    mutating func update(handing store: @Sendable (Range<Int>, Span<Float>) -> Void) {
        let settled = 0..<(pending?.settled ?? model.parameters.count)
        if !settled.isEmpty { store(settled, model.parameters.span.extracting(settled)) }
        update(upTo: model.parameters.count, then: store)
    }

    /// Updates what is left of the parameters, writes down what the step measured, and hands the buffer of its sum back.
    /// - Throws: `FileError`.
    package mutating func settle() throws(FileError) -> [Float]? {
        update(upTo: model.parameters.count)
        guard let pending = pending.take() else { return nil }
        try metrics.append(pending.row)
        return pending.sum
    }

    /// Decides on the sum of a step. The parameters move, and what it measured is recorded, when it is settled.
    /// - Throws: `DivergedError`, `OverwrittenError`.
    package mutating func apply(
        _ sum: consuming RootSum, _ report: RoundReport, imagesPerSecond: Double, traffic: Traffic = Traffic()
    ) throws -> StepReport {
        precondition(pending == nil, "step \(model.step) is applied before the one before it is settled")
        var floats = sum.takeFloats()
        let root = sum
        let result = Result { try program.rule.prepare(&floats, for: model) { root.complete($0, &$1) } }
        try root.check()
        let update = try result.get()
        program.rule.advance(&model, by: floats)
        let step = update.metrics
        history.add(step, plan: program.plan)
        let epoch = program.plan.epoch(ofStep: step.step)
        let row = MetricsRow(step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers)
        pending = Pending(update: update, sum: floats, row: row)
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
        let found = EvaluationMetrics(sums: try sums.completed(), examples: examples, of: program)
        guard isEvaluationDue, let found else { return nil }
        history.add(found, afterSteps: model.step, plan: program.plan)
        let epoch = program.plan.epoch(ofStep: model.step - 1)
        try metrics.append(
            MetricsRow(
                found, step: model.step, epoch: epoch, imagesPerSecond: imagesPerSecond, workers: report.workers))
        return EvaluationReport(
            epoch: epoch, endsEpoch: program.plan.epoch(ofStep: model.step) > epoch, step: model.step,
            reconstruction: found.reconstruction, divergence: found.divergence, best: history.best,
            latents: found.latents, evidence: found.evidence)
    }
}
