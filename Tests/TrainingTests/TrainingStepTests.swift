import Contract
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct TrainingStepTests {
    @Test func trainingIsAFunctionOfTheContract() throws {
        let program = try TrainingProgram.tiny()
        var first = try LocalTrainer.tiny(program)
        var second = try LocalTrainer.tiny(program)
        try first.train(to: 5)
        try second.train(to: 5)
        #expect(first.state.digest == second.state.digest)
        #expect(first.history == second.history)
        var configuration = RunConfiguration.tiny
        configuration.seed = 6
        var other = try LocalTrainer.tiny(TrainingProgram.tiny(configuration))
        try other.train(to: 5)
        #expect(other.state.digest != first.state.digest)
    }

    @Test func trainingLowersTheLoss() throws {
        var trainer = try LocalTrainer.tiny(TrainingProgram.tiny())
        try trainer.train(to: 60)
        let losses = trainer.history.train.map(\.negativeELBO)
        #expect(losses.count > 15)
        #expect(try #require(losses.last) < losses[0])
    }

    /// Workers fold what they hold; the coordinator folds the rest: the state does not notice.
    @Test(arguments: [[0..<4], [0..<2, 2..<4], [0..<1, 1..<4], [0..<1, 1..<2, 2..<3, 3..<4]])
    func anySplitOfTheShardsGivesTheSameStep(_ workers: [Range<Int>]) throws {
        let program = try TrainingProgram.tiny()
        var local = try LocalTrainer.tiny(program)
        _ = try local.takeStep()
        var state = program.initialState()
        var coordinator = TreeFold(program.tree, format: program.partialFormat)
        for shards in workers {
            for node in program.tree.cover(shards) { coordinator.insert(try Self.sum(node, program, state), at: node) }
        }
        var sum = try #require(coordinator.result)
        _ = try program.rule.apply(&sum, to: &state)
        #expect(state.digest == local.state.digest)
    }

    private static func sum(_ node: Int, _ program: TrainingProgram, _ state: ModelState) throws -> [Float] {
        let leaf = try program.leafComputer(engine: Interpreter())
        leaf.load(state.parameterMemory)
        var fold = TreeFold(program.tree, target: node, format: program.partialFormat)
        for shard in program.tree.shards(under: node) {
            let microbatch = program.plan.microbatch(step: 0, shard: shard, seed: program.configuration.seed)
            let pixels = RandomExamples().pixels(of: microbatch.examples.map(Int.init), in: .train)
            var partial = [Float](repeating: .nan, count: program.layout.partialCount)
            leaf.compute(microbatch, step: 0, pixels: pixels, into: &partial)
            fold.insert(partial, at: program.tree.leaf(ofShard: shard))
        }
        return try #require(fold.result)
    }

    @Test func aStepScalesClipsAndUpdatesAsItsFormulasSay() throws {
        let program = try TrainingProgram.tiny()
        let layout = program.layout
        var state = program.initialState()
        let before = state
        var sum = [Float](repeating: 0, count: layout.partialCount)
        for index in layout.gradient { sum[index] = 12 }
        for index in layout.batchStatistics { sum[index] = 4 * 3 }
        sum[layout.metricSums.lowerBound] = 24
        sum[layout.metricSums.lowerBound + 1] = 6
        let metrics = try program.rule.apply(&sum, to: &state)
        #expect(metrics.reconstruction == 2 && metrics.divergence == 0.5 && metrics.negativeELBO == 2.5)
        let encoder = layout.parameters.slices.filter { $0.name.hasPrefix("encoder/") }.reduce(0) {
            $0 + $1.shape.count
        }
        #expect(abs(metrics.gradientNorms[0] - Double(encoder).squareRoot()) < 1e-12)
        let clipped = Float(0.5 / (Double(encoder).squareRoot() + 1e-6))
        for slice in layout.parameters.slices {
            let gradient: Float = slice.name.hasPrefix("encoder/") ? clipped : 1
            #expect(abs(state.optimizer.groups[0].values[slice.offset] - 0.1 * gradient) < 1e-7)
        }
        #expect(zip(state.statistics, before.statistics).allSatisfy { abs($0 - (0.9 * $1 + 0.3)) < 1e-6 })
        #expect(state.step == 1)
    }

    @Test(arguments: ["reconstruction", "gradient", "huge", "statistics"])
    func aStepThatIsNotFiniteChangesNothing(_ what: String) throws {
        let program = try TrainingProgram.tiny()
        let layout = program.layout
        var state = program.initialState()
        let digest = state.digest
        var sum = [Float](repeating: 0, count: layout.partialCount)
        switch what {
        case "reconstruction": sum[layout.metricSums.lowerBound] = .nan
        case "gradient": sum[layout.gradient.upperBound - 1] = .infinity
        case "huge": sum[0] = 1e30
        default: sum[layout.batchStatistics.lowerBound] = .nan
        }
        let error = #expect(throws: DivergedError.self) { _ = try program.rule.apply(&sum, to: &state) }
        #expect(state.digest == digest)
        #expect(
            error?.description.contains(
                "step 1, and the step was not applied: begin a new run with a lower learning rate")
                == true)
    }

    @Test func theDigestSeesEveryPart() throws {
        let program = try TrainingProgram.tiny()
        let state = program.initialState()
        var digests = [state.digest]
        func changed(_ change: (inout ModelState) -> Void) {
            var copy = state
            change(&copy)
            digests.append(copy.digest)
        }
        changed { $0.step += 1 }
        changed { $0.parameters[3] = $0.parameters[3].nextUp }
        changed { $0.statistics[1] = -$0.statistics[1] - 1e-9 }
        let zeros = [Float](repeating: 0, count: state.parameters.count)
        let (one, negative) = ([1] + zeros.dropFirst(), [-0.0] + zeros.dropFirst())
        changed { $0.optimizer = .moments(first: one, second: zeros) }
        changed { $0.optimizer = .moments(first: zeros, second: one) }
        changed { $0.optimizer = .meanSquare(zeros) }
        changed { $0.optimizer = .velocity(zeros) }
        changed { $0.average = WeightAverage(parameters: zeros, statistics: $0.statistics) }
        changed { $0.average = WeightAverage(parameters: one, statistics: $0.statistics) }
        changed { $0.average = WeightAverage(parameters: one, statistics: $0.statistics.map { _ in 3 }) }
        changed { $0.parameters.swapAt(0, 1) }
        changed { $0.optimizer = .moments(first: negative, second: zeros) }
        #expect(Set(digests).count == digests.count)
    }

    @Test func evaluationComesOncePerEpoch() throws {
        let program = try TrainingProgram.tiny()
        var trainer = try LocalTrainer.tiny(program)
        try trainer.train(to: program.plan.steps(epochs: 3))
        #expect(trainer.history.valid.map(\.epoch) == [1, 2, 3])
        #expect(trainer.history.train.map(\.epoch) == [1, 2, 3])
        let step = trainer.state.step
        let history = trainer.history
        #expect(!history.isEvaluationDue(afterSteps: step, every: .epochs(1), isLast: true, plan: program.plan))
    }

    /// 37 examples in steps of 12.
    @Test(arguments: [
        (Cadence.epochs(1), 2, [2]), (.epochs(1), 5, [4, 5]), (.epochs(2), 13, [7, 13]), (.steps(3), 7, [3, 6, 7]),
        (.steps(1), 3, [1, 2, 3]),
    ])
    func evaluationComesAsOftenAsAskedAndAtTheEnd(every: Cadence, steps: Int, expected: [Int]) throws {
        let program = try TrainingProgram.tiny()
        var trainer = try LocalTrainer(
            program, engine: Interpreter(), source: RandomExamples(), state: program.initialState(),
            evaluationEvery: every)
        try trainer.train(to: steps)
        #expect(trainer.history.valid.map(\.step) == expected)
        #expect(trainer.history.valid.map(\.epoch) == expected.map { program.plan.epoch(ofStep: $0 - 1) })
        var usual = try LocalTrainer.tiny(program)
        try usual.train(to: steps)
        #expect(trainer.state.digest == usual.state.digest)
    }

    /// Padding, sharding and order leave no trace: one microbatch of everything finds the same means.
    @Test func evaluationIsTheMeanOverExactlyTheHeldOutExamples() throws {
        let metrics = try #require(try Self.evaluation(.tiny))
        var whole = RunConfiguration.tiny
        whole.shards = 1
        whole.microbatch = 11
        let expected = try #require(try Self.evaluation(whole))
        #expect(abs(metrics.reconstruction - expected.reconstruction) < 1e-5)
        #expect(abs(metrics.divergence - expected.divergence) < 1e-5)
        #expect(try Self.evaluation(.tiny, RandomExamples(validationCount: 0)) == nil)
    }

    private static func evaluation(
        _ configuration: RunConfiguration, _ source: RandomExamples = RandomExamples()
    ) throws -> EvaluationMetrics? {
        let program = try TrainingProgram.tiny(configuration, source)
        return try Evaluator(program, engine: Interpreter(), source: source).evaluate(program.initialState())
    }

    @Test func theProbeDependsOnTheMathematics() throws {
        let probe = try TrainingProgram.tiny().probe(engine: Interpreter())
        #expect(try TrainingProgram.tiny().probe(engine: Interpreter()) == probe)
        var configuration = RunConfiguration.tiny
        configuration.divergenceWeight = .constant(0.25)
        #expect(try TrainingProgram.tiny(configuration).probe(engine: Interpreter()) != probe)
    }

    @Test func examplesOfAnotherShapeAreRefused() throws {
        let program = try TrainingProgram(
            #require(RunConfiguration.preset("mlp")), trainingExamples: 256, validationExamples: 0)
        let error = #expect(throws: ConfigurationProblem.self) { try program.check(RandomExamples()) }
        #expect(
            error?.description.contains("1 x 28 x 28 (channels, height, width), and the data has 1 x 4 x 4") == true)
    }
}
