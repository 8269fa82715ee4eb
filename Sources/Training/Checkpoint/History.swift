import Contract

/// What a run measured so far: one row an epoch, and the epoch in progress. It does not affect the bits.
public struct History: Hashable, Sendable {
    /// What an epoch, or the evaluation of a state, came to. Nats are summed over dimensions and averaged over examples.
    public struct Epoch: Hashable, Sendable {
        /// How many steps were applied.
        public var step: Int
        /// From 1: the epoch that ended, or that the last step lies in.
        public var epoch: Int
        public var reconstruction: Double
        public var divergence: Double
        public var negativeELBO: Double { reconstruction + divergence }

        public init(step: Int, epoch: Int, reconstruction: Double, divergence: Double) {
            self.step = step
            self.epoch = epoch
            self.reconstruction = reconstruction
            self.divergence = divergence
        }
    }

    /// The mean of the steps of each whole epoch.
    public internal(set) var train: [Epoch] = []
    /// The evaluations, in ascending order of their steps.
    public internal(set) var valid: [Epoch] = []
    /// The evaluation with the lowest −ELBO that is a number; of equal ones the first.
    public var best: Epoch? {
        valid.filter(\.negativeELBO.isFinite).min { $0.negativeELBO < $1.negativeELBO }
    }
    /// How many of the last evaluations, in a row, were not lower by more than `least` nats than the lowest before them that was.
    func evaluationsWithoutImprovement(of least: Double) -> Int {
        var (lowest, count) = (Double.infinity, 0)
        for evaluation in valid {
            let isBetter = evaluation.negativeELBO.isFinite && evaluation.negativeELBO < lowest - least
            if isBetter { lowest = evaluation.negativeELBO }
            count = isBetter ? 0 : count + 1
        }
        return count
    }

    /// The number of steps of the epoch in progress, and the sums of what they measured.
    var pendingSteps = 0
    var pendingReconstruction = 0.0
    var pendingDivergence = 0.0

    public init() {}

    /// Adds a step; the last one of an epoch completes its row.
    public mutating func add(_ metrics: StepMetrics, plan: ShardPlan) {
        pendingSteps += 1
        pendingReconstruction += metrics.reconstruction
        pendingDivergence += metrics.divergence
        let epoch = plan.epoch(ofStep: metrics.step)
        guard plan.epoch(ofStep: metrics.step + 1) > epoch else { return }
        train.append(
            Epoch(
                step: metrics.step + 1, epoch: epoch, reconstruction: pendingReconstruction / Double(pendingSteps),
                divergence: pendingDivergence / Double(pendingSteps)))
        (pendingSteps, pendingReconstruction, pendingDivergence) = (0, 0, 0)
    }

    /// Adds the evaluation of the state after so many steps.
    public mutating func add(_ metrics: EvaluationMetrics, afterSteps steps: Int, plan: ShardPlan) {
        valid.append(
            Epoch(
                step: steps, epoch: plan.epoch(ofStep: steps - 1), reconstruction: metrics.reconstruction,
                divergence: metrics.divergence))
    }

    /// Whether the state after so many steps is to be evaluated and was not yet.
    ///
    /// - Parameter isLast: Whether the run ends there, which asks for an evaluation in any case.
    public func isEvaluationDue(afterSteps steps: Int, every: Cadence, isLast: Bool, plan: ShardPlan) -> Bool {
        guard steps > 0, valid.last?.step != steps else { return false }
        return isLast || every.isDue(afterSteps: steps, plan: plan)
    }
}
