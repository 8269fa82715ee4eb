import Contract
import Tensors

/// Training in one thread of one process, without a network: what every cluster must equal, bit by bit.
public struct LocalTrainer {
    public let program: TrainingProgram
    public private(set) var state: ModelState
    public private(set) var history: History
    private let source: any ExampleSource
    private let leaf: LeafComputer
    private let evaluator: Evaluator
    private let evaluationEvery: Cadence

    /// Compiles the graphs.
    ///
    /// - Parameters:
    ///   - state: Where to begin or go on.
    ///   - evaluationEvery: How often the held-out examples are evaluated.
    public init(
        _ program: TrainingProgram, engine: any Engine, source: any ExampleSource, state: ModelState,
        history: History = History(), evaluationEvery: Cadence = .epochs(1)
    ) throws {
        self.program = program
        self.source = source
        self.state = state
        self.history = history
        self.evaluationEvery = evaluationEvery
        leaf = try program.leafComputer(engine: engine)
        evaluator = try Evaluator(program, engine: engine, source: source)
    }

    /// Takes steps until `step` of them have been applied, or early stopping ends it, and evaluates as often as asked and at the end.
    ///
    /// - Parameter report: Is told of every step.
    public mutating func train(to step: Int, report: (StepMetrics) throws -> Void = { _ in }) throws {
        while state.step < step {
            try evaluateIfDue(isLast: false)
            if program.configuration.earlyStopping?.ends(history) == true { return }
            try report(takeStep())
        }
        try evaluateIfDue(isLast: true)
    }

    /// Computes every shard's microbatch, folds and applies.
    ///
    /// - Throws: `DivergedError`, or what the examples' source throws; the state is then as before.
    public mutating func takeStep() throws -> StepMetrics {
        leaf.load(state.parameterMemory)
        var tree = TreeFold(program.tree, format: program.partialFormat)
        for shard in 0..<program.plan.shards { tree.insert(try partial(shard), at: program.tree.leaf(ofShard: shard)) }
        guard var sum = tree.takeResult() else { preconditionFailure("a fold of all shards has a result") }
        let metrics = try program.rule.apply(&sum, to: &state)
        history.add(metrics, plan: program.plan)
        return metrics
    }

    private func partial(_ shard: Int) throws -> [Float] {
        let microbatch = program.plan.microbatch(step: state.step, shard: shard, seed: program.configuration.seed)
        let pixels = try program.bytes(of: microbatch.examples.map(Int.init), in: .train, from: source)
        var partial = [Float](repeating: 0, count: program.layout.partialCount)
        leaf.compute(microbatch, step: state.step, pixels: pixels, into: &partial)
        return partial
    }

    private mutating func evaluateIfDue(isLast: Bool) throws {
        let isDue = history.isEvaluationDue(
            afterSteps: state.step, every: evaluationEvery, isLast: isLast, plan: program.plan)
        guard isDue, let metrics = try evaluator.evaluate(state) else { return }
        history.add(metrics, afterSteps: state.step, plan: program.plan)
    }
}
