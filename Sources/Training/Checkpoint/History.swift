import Contract

/// What a run measured so far: one row an epoch, and the epoch in progress. It does not affect the bits.
public struct History: Hashable, Sendable {
    /// What an epoch came to. Nats are summed over dimensions and averaged over examples.
    public struct Epoch: Hashable, Sendable {
        /// From 1.
        public var epoch: Int
        public var reconstruction: Double
        public var divergence: Double
        public var negativeELBO: Double { reconstruction + divergence }

        public init(epoch: Int, reconstruction: Double, divergence: Double) {
            self.epoch = epoch
            self.reconstruction = reconstruction
            self.divergence = divergence
        }
    }

    /// The mean of the steps of each whole epoch.
    public internal(set) var train: [Epoch] = []
    /// The evaluation after each epoch.
    public internal(set) var valid: [Epoch] = []
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
                epoch: epoch, reconstruction: pendingReconstruction / Double(pendingSteps),
                divergence: pendingDivergence / Double(pendingSteps)))
        (pendingSteps, pendingReconstruction, pendingDivergence) = (0, 0, 0)
    }

    /// Adds the evaluation after an epoch.
    public mutating func add(_ metrics: EvaluationMetrics, epoch: Int) {
        valid.append(
            Epoch(epoch: epoch, reconstruction: metrics.reconstruction, divergence: metrics.divergence))
    }

    /// The epoch whose evaluation is due before step `step` begins, or nil: the one that has just ended, once.
    public func evaluationDue(beforeStep step: Int, plan: ShardPlan) -> Int? {
        guard step > 0 else { return nil }
        let ended = plan.epoch(ofStep: step) - 1
        let endsHere = ended > 0 && plan.epoch(ofStep: step - 1) <= ended
        return endsHere && valid.last?.epoch != ended ? ended : nil
    }
}
