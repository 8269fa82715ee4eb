import Contract
import Tensors

/// Evaluates a whole split in one thread: the reference for evaluation by a cluster, and what `evaluate` runs.
public final class Evaluator {
    private let program: TrainingProgram
    private let plan: EvaluationPlan
    private let tree: ReductionTree
    private let source: any ExampleSource
    private let split: Split
    private let computer: EvaluationComputer

    /// Compiles the evaluation graph. The split may have any number of examples.
    public init(
        _ program: TrainingProgram, engine: any Engine, source: any ExampleSource, split: Split = .valid
    ) throws {
        try program.checkLabels(of: source, in: [split])
        self.program = program
        plan = EvaluationPlan(
            examples: source.count(split), shards: program.plan.shards, microbatch: program.plan.microbatch)
        tree = program.tree
        self.source = source
        self.split = split
        computer = try program.evaluationComputer(engine: engine)
    }

    /// What the split's examples cost, or nil where there are none.
    public func evaluate(_ state: ModelState, _ weights: Weights = .average) throws -> EvaluationMetrics? {
        computer.load(state.memory(weights))
        var fold = TreeFold(tree, format: program.evaluationFormat)
        for shard in 0..<plan.shards { fold.insert(try sums(shard), at: tree.leaf(ofShard: shard)) }
        guard let sums = fold.takeResult() else { preconditionFailure("a fold of all shards has a result") }
        return EvaluationMetrics(sums: sums, examples: plan.examples, of: program.layout.metrics)
    }

    private func sums(_ shard: Int) throws -> [Float] {
        var sums = program.evaluationZeros
        for index in 0..<plan.microbatchCount(shard: shard) {
            let microbatch = plan.microbatch(index, shard: shard)
            let pixels = try program.bytes(of: microbatch.examples.map(Int.init), in: split, from: source)
            computer.add(microbatch, pixels: pixels, to: &sums)
        }
        return sums
    }
}
