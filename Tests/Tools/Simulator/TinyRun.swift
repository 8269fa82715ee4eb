import Cluster
import Contract
import Coordination
import Hashing
import Synchronization
import Tensors
import Training
import VAE

/// What simulated clusters train: a few dozen parameters, with the real contract, fold, Adam and statistics.
///
/// Only the gradient of a microbatch is made up: numbers that depend on every bit of the pixels and parameters, so that a wrong
/// example, a wrong parent or a wrong order shows in the digest.
struct TinyRun: Sendable {
    let steps: Int
    let options: CoordinatorOptions
    let program: TrainingProgram
    let contract: Contract
    /// The digests of the quiet run, after 0 and more steps.
    let digests: [String]

    init(shards: Int, steps: Int) throws {
        self.steps = steps
        var options = Self.options(steps: steps)
        options.configuration.shards = shards
        let source = NumberedExamples(training: 5 * shards - 1)
        options.source = source
        self.options = options
        program = try TrainingProgram(
            options.configuration, trainingExamples: source.training, validationExamples: source.validation)
        contract = try program.contract(engine: options.engine, dataFingerprint: source.fingerprint)
        digests = try Self.quietRun(program, contract, source, steps: steps)
    }

    private struct Size: Hashable {
        var shards: Int
        var steps: Int
    }

    private static let known = Mutex<[Size: TinyRun]>([:])

    /// The run over so many shards; its quiet run is computed once.
    static func cached(shards: Int, steps: Int = Scenario.Pace.usual.steps) throws -> TinyRun {
        let size = Size(shards: shards, steps: steps)
        if let run = known.withLock({ $0[size] }) { return run }
        let run = try TinyRun(shards: shards, steps: steps)
        known.withLock { $0[size] = run }
        return run
    }

    private static func options(steps: Int) -> CoordinatorOptions {
        let configuration = RunConfiguration(
            model: ModelDescription(
                images: ImageDescription(channels: 1, height: 2, width: 2),
                encoder: [
                    .convolution(filters: 1, window: 3, stride: 1, padding: 1, bias: false), .batchNormalization(),
                    .flatten,
                ],
                latents: 1, decoder: [.linear(units: 4), .reshape(1, 2, 2), .sigmoid]),
            objective: Objective(likelihood: .squaredError), learningRate: LearningRateSchedule(base: 1e-2), shards: 4,
            microbatch: 2, seed: 5, epochs: 1)
        var options = CoordinatorOptions(
            configuration: configuration, configurationText: "tiny: true\n", source: NumberedExamples(training: 19),
            directory: "/run", listen: "", resume: true, stop: .steps(steps), engine: SilentEngine())
        options.timing.silence = .seconds(2)
        options.timing.firstDeadline = .seconds(6)
        options.timing.shortestDeadline = .milliseconds(750)
        options.timing.shortestFirstDeadline = .milliseconds(750)
        options.timing.stall = .seconds(5)
        options.timing.firstSearch = .milliseconds(500)
        options.timing.longestSearch = .seconds(4)
        options.timing.joining = .seconds(60)
        options.timing.patience = .seconds(100_000)
        options.timing.abandonment = .seconds(100_000)
        return options
    }

    /// The sum of one leaf: numbers between -2 and 2 with all their bits in use, so that no two ways to add them agree.
    static func leaf(_ round: Round, shard: Int, pixels: [[UInt8]], parameters: [Float], count: Int) -> [Float] {
        var hash = Dice.mix(UInt64(round.step) << 32 | UInt64(round.kind.rawValue) << 16 | UInt64(shard))
        for row in pixels { for byte in row { hash = Dice.mix(hash ^ UInt64(byte)) } }
        for parameter in parameters { hash = Dice.mix(hash ^ UInt64(parameter.bitPattern)) }
        var dice = Dice(seed: hash)
        return (0..<count).map { _ in
            Float(Int32(truncatingIfNeeded: dice.next()) >> 7) * 0x1p-24 * Float(1 << Int(dice.next() & 1))
        }
    }

    /// How many numbers a round's sums have.
    func count(_ kind: Round.Kind) -> Int {
        kind == .training ? program.layout.partialCount : program.evaluationFormat.count
    }

    /// What a round's sums look like.
    func format(_ kind: Round.Kind) -> PartialFormat {
        kind == .training ? program.partialFormat : program.evaluationFormat
    }

    /// The examples of a leaf, as the contract has them.
    static func examples(_ round: Round, shard: Int, _ contract: Contract, _ plan: ShardPlan) -> [UInt32] {
        round.kind == .training
            ? plan.microbatch(step: round.step, shard: shard, seed: contract.seed).examples
            : contract.evaluation.examples(inShard: shard).map(UInt32.init)
    }

    /// One thread, no network, no faults.
    private static func quietRun(
        _ program: TrainingProgram, _ contract: Contract, _ source: NumberedExamples, steps: Int
    ) throws -> [String] {
        var state = program.initialState()
        var digests = [state.digest.description]
        for step in 0..<steps {
            let round = Round(step: step, kind: .training)
            var fold = TreeFold(contract.tree, format: program.partialFormat)
            for shard in 0..<contract.shards {
                let pixels = examples(round, shard: shard, contract, program.plan).map {
                    NumberedExamples.pixels($0, .training)
                }
                let sum = leaf(
                    round, shard: shard, pixels: pixels, parameters: state.parameters + state.statistics,
                    count: program.layout.partialCount)
                fold.insert(sum, at: contract.tree.leaf(ofShard: shard))
            }
            var sum = fold.takeResult() ?? []
            _ = try program.rule.apply(&sum, to: &state)
            digests.append(state.digest.description)
        }
        return digests
    }
}

/// Images of four bytes that say which example they are.
struct NumberedExamples: ExampleSource {
    let training: Int
    let validation = 5
    let channels = 1
    let height = 2
    let width = 2
    var fingerprint: String { "\(training) numbered examples" }

    func count(_ split: Split) -> Int { split == .train ? training : validation }

    func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        rows.flatMap { Self.pixels(UInt32($0), split == .train ? .training : .validation) }
    }

    static func pixels(_ example: UInt32, _ split: PixelSplit) -> [UInt8] {
        [UInt8(truncatingIfNeeded: example), UInt8(truncatingIfNeeded: example >> 8), split.rawValue, 7]
    }

    /// The example that pixels say they are.
    static func example(_ pixels: [UInt8]) -> UInt32 { UInt32(pixels[0]) | UInt32(pixels[1]) << 8 }
}
