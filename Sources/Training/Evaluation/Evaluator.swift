import Contract
import Parallel
import Synchronization
import Tensors

/// Evaluates a whole split on some threads: the reference for evaluation by a cluster, and what `evaluate` runs.
///
/// Shards are computed apart and folded by the tree, so the number of threads changes nothing.
public struct Evaluator: Sendable {
    private let program: TrainingProgram
    private let engine: any Engine
    private let plan: EvaluationPlan
    private let source: any ExampleSource
    private let split: Split

    /// The split may have any number of examples.
    ///
    /// - Throws: `ConfigurationProblem` where the objective needs labels that the split does not have.
    public init(
        _ program: TrainingProgram, engine: any Engine, source: any ExampleSource, split: Split = .valid
    ) throws {
        try program.checkLabels(of: source, in: [split])
        self.program = program
        self.engine = engine
        plan = EvaluationPlan(
            examples: source.count(split), shards: program.plan.shards, microbatch: program.plan.microbatch)
        self.source = source
        self.split = split
    }

    /// What the split's examples cost, or nil where there are none.
    ///
    /// - Parameter progress: Is told how many examples are done.
    public func evaluate(
        _ state: ModelState, _ weights: Weights = .average, threads: Int = 1,
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws -> EvaluationMetrics? {
        // Sums are added as they come, so that few are kept.
        let fold = Mutex(TreeFold(program.tree, format: program.evaluationFormat))
        _ = try Parallel.map(
            plan.shards, threads: threads,
            bench: {
                let computer = try program.evaluationComputer(engine: engine)
                computer.load(state.memory(weights))
                return computer
            }, whenDone: { progress(plan.examples * $0 / plan.shards) }
        ) { computer, shard in
            let sums = try sumsOfShard(computer, shard)
            fold.withLock { fold in
                fold.insert(sums, at: program.tree.leaf(ofShard: shard))
                _ = fold.takeUsed()
            }
        }
        guard let sum = fold.withLock({ $0.takeResult() }) else {
            preconditionFailure("a fold of all shards has a result")
        }
        return EvaluationMetrics(sums: sum, examples: plan.examples, of: program)
    }

    private func sumsOfShard(_ computer: EvaluationComputer, _ shard: Int) throws -> [Float] {
        var sums = program.evaluationZeros
        for index in 0..<plan.microbatchCount(shard: shard) {
            let microbatch = plan.microbatch(index, shard: shard)
            let pixels = try program.bytes(of: microbatch.examples.map(Int.init), in: split, from: source)
            computer.add(microbatch, pixels: pixels, to: &sums)
        }
        computer.finish(&sums)
        return sums
    }
}
