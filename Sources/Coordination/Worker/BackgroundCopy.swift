import Contract

/// The order in which a shard's remaining pixels are copied: training examples as the coming steps need them, held-out
/// examples of the same shard number as they come.
struct BackgroundCopy: Sendable {
    let shard: Int
    private var nextStep: Int
    private let lastStep: Int
    private var isValidationDone = false

    /// From the microbatch of `step` on. Two passes of the stream show every example at least once.
    init(shard: Int, from step: Int, plan: ShardPlan) {
        self.shard = shard
        nextStep = step
        lastStep = step + plan.stepsOfTwoPasses(shard: shard)
    }

    func isDone(_ split: PixelSplit) -> Bool {
        split == .training ? nextStep > lastStep : isValidationDone
    }

    /// The next examples to ask for, some of which may be here already.
    mutating func next(_ split: PixelSplit, _ contract: Contract, _ plan: ShardPlan) -> [UInt32] {
        switch split {
        case .training:
            defer { nextStep += 1 }
            return plan.microbatch(step: nextStep, shard: shard, seed: contract.seed).examples
        case .validation:
            isValidationDone = true
            return contract.evaluation.examples(inShard: shard).map(UInt32.init)
        }
    }
}
