import Randomness

/// What makes a graph run.
public protocol Engine: Sendable {
    /// What fixes the bits of this engine's results besides the graph: its name, version and instruction set.
    var numericClass: String { get }

    /// Chooses kernels, layouts and memory for a graph, once.
    func compile(_ graph: Graph) throws -> any Executable
}

/// A compiled graph with its memory. One thread uses it at a time.
public protocol Executable: AnyObject {
    /// Takes over parameters and running statistics, laid out by the graph's tables, for the runs that follow.
    ///
    /// Once a step; several microbatches then run on them. Some may be read where they lie, run by run.
    func load(_ memory: any ParameterMemory)

    /// Runs the graph once on inputs laid out by the graph's table, and tells of outputs as they become final, so that they
    /// can leave while the rest is computed.
    ///
    /// - Parameters:
    ///   - outputs: Has the length of the graph's output table and is overwritten. Nothing else is allocated or kept.
    ///   - whenReady: Is called on this thread with ranges of `outputs`, which together are all of them, each element once and
    ///     in any order, and with `outputs`, of which it may read what it was told of.
    func run(
        inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
        whenReady: (Range<Int>, Span<Float>) -> Void)

    /// What the compiled graph does in a run, counted, for tests and reports.
    var counters: ExecutionCounters { get }

    /// Whether products may leave out what is multiplied by zero. A probe turns it off, to see what they do otherwise.
    var leavesZerosOut: Bool { get set }
}

extension Executable {
    public var leavesZerosOut: Bool {
        get { false }
        set {}
    }
}

/// Where parameters and running statistics lie. An executable keeps what it has loaded until it loads others.
public protocol ParameterMemory: AnyObject {
    /// Lends both for the length of a call; they are the same in every call.
    func lend(_ body: (_ parameters: Span<Float>, _ statistics: Span<Float>) -> Void)
}

/// Parameters and running statistics in arrays.
public final class ParameterArrays: ParameterMemory {
    private let parameters: [Float]
    private let statistics: [Float]

    public init(parameters: [Float], statistics: [Float]) {
        self.parameters = parameters
        self.statistics = statistics
    }

    public func lend(_ body: (_ parameters: Span<Float>, _ statistics: Span<Float>) -> Void) {
        let (parameters, statistics) = (parameters, statistics)
        body(parameters.span, statistics.span)
    }
}

extension Executable {
    /// Takes over parameters and running statistics from arrays.
    public func load(parameters: [Float], statistics: [Float]) {
        load(ParameterArrays(parameters: parameters, statistics: statistics))
    }

    /// Runs the graph once; all of `outputs` is final at the end.
    public func run(inputs: [Float], noise: NoiseKeys, into outputs: inout [Float]) {
        var outputs = outputs.mutableSpan
        run(inputs: inputs, noise: noise, into: &outputs) { _, _ in }
    }
}

/// Which random streams the rows of a microbatch draw from.
public struct NoiseKeys: Hashable, Sendable {
    public var seed: UInt64
    /// The pass of each row's example through its shard.
    public var passes: [UInt32]
    /// The number of each row's example in the training split.
    public var examples: [UInt32]
    /// Which of its example's draws each row is.
    public var samples: [UInt16]

    /// - Parameter samples: Nil where each row is its example's draw number 0.
    public init(seed: UInt64, passes: [UInt32] = [], examples: [UInt32] = [], samples: [UInt16]? = nil) {
        precondition(passes.count == examples.count, "\(passes.count) passes for \(examples.count) examples")
        self.seed = seed
        self.passes = passes
        self.examples = examples
        self.samples = samples ?? Array(repeating: 0, count: examples.count)
        precondition(self.samples.count == examples.count, "\(self.samples.count) samples for \(examples.count) rows")
    }

    /// The pass that one row's numbers of a source of noise are those of.
    public func pass(row: Int, of noise: Operation.Noise) -> UInt32 { noise.isInEveryPass ? 0 : passes[row] }

    /// The stream of one row for a source of noise.
    public func stream(row: Int, of noise: Operation.Noise) -> RandomStream {
        RandomStream(
            seed: seed, operator: noise.key, pass: pass(row: row, of: noise), example: examples[row],
            sample: samples[row])
    }
}

/// What an executable does per run.
public struct ExecutionCounters: Hashable, Sendable {
    /// Copies between layouts of values that one operation made and another uses, but for `flattenings`. The aim is zero.
    public var reordersBetweenOperations = 0
    /// Images that are flattened, or made from flattened ones, by a copy, since they meet weights which would be more to turn.
    public var flattenings = 0
    /// Parameters, inputs and outputs copied to or from the layout their operations want.
    public var reordersAtBorders = 0
    /// Calls of convolution and matrix product kernels.
    public var linearKernels = 0
    /// Products of matrices that may leave out what is multiplied by zero.
    public var productsWithoutZeros = 0
    /// Passes of fused element-wise work and reductions.
    public var elementwiseKernels = 0
    /// Bytes of the arena that holds every intermediate value.
    public var arenaBytes = 0
    /// Bytes that convolutions have prefetched for the chunk of examples after theirs, since compilation.
    public var bytesPrefetched = 0
    /// Memory allocations that runs have made since compilation, beyond the caller's output.
    public var allocationsInRuns = 0

    public init() {}
}
