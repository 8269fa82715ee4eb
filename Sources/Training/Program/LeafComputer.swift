import Contract
import Tensors
import VAE

/// Computes leaves of the reduction tree: what one microbatch adds to a step. One thread uses it at a time.
public final class LeafComputer {
    private let program: TrainingProgram
    private let executable: any Executable
    private var inputs: [Float]
    private let examples: ExampleInputs
    /// Where the weights of the rows go, if the objective asks for them.
    private let weights: SliceTable.Slice?
    /// What schedules give, and where it goes.
    private let scheduled: [(number: Scheduled, place: Int)]
    /// What tells the microbatch's noise from all other.
    private var noise: NoiseKeys?

    /// Compiles the training graph.
    init(_ program: TrainingProgram, engine: any Engine) throws {
        let graph = try program.trainingGraph()
        precondition(
            graph.outputs.slices.map(\.name) == program.layout.outputNames,
            "the training graph's outputs are laid out otherwise")
        self.program = program
        executable = try engine.compile(graph)
        inputs = Array(repeating: 0, count: graph.inputs.count)
        examples = ExampleInputs(graph)
        weights = graph.inputs[VariationalAutoencoder.weights]
        scheduled = program.model.scheduled.map { ($0, graph.inputs.required($0.rawValue).offset) }
    }

    /// Takes over the parameters of a step, for all the microbatches that follow.
    public func load(_ memory: any ParameterMemory) {
        executable.load(memory)
    }

    /// Takes in the microbatch that is computed next.
    ///
    /// - Parameter bytes: The rows in the order of the microbatch: pixels (C, H, W), and a label where the objective reads it.
    public func take(_ microbatch: Microbatch, step: Int, pixels bytes: [UInt8]) {
        precondition(
            microbatch.count == program.plan.microbatch,
            "a microbatch of \(microbatch.count), not \(program.plan.microbatch)")
        examples.write(bytes, to: &inputs)
        if let weights {
            for (row, weight) in microbatch.weights.enumerated() { inputs[weights.offset + row] = weight }
        }
        var all = inputs.mutableSpan
        var images = all._mutatingExtracting(examples.pixels.range)
        program.flip(&images, of: microbatch)
        for (number, place) in scheduled { inputs[place] = program.rule.value(of: number, step: step) }
        noise = NoiseKeys(
            seed: program.configuration.seed, passes: microbatch.passes, examples: microbatch.examples)
    }

    /// Computes the sums over the microbatch that was taken in: gradient, batch statistics, metrics.
    ///
    /// - Parameters:
    ///   - partial: `layout.partialCount` elements, overwritten.
    ///   - whenReady: Is told of ranges of `partial` as they become final, each element once, and may read those.
    public func compute(into partial: inout MutableSpan<Float>, whenReady: (Range<Int>, Span<Float>) -> Void) {
        guard let noise else { preconditionFailure("a leaf is computed without a microbatch") }
        executable.run(inputs: inputs, noise: noise, into: &partial, whenReady: whenReady)
    }

    /// Computes the sums over one microbatch into an array.
    public func compute(_ microbatch: Microbatch, step: Int, pixels: [UInt8], into partial: inout [Float]) {
        take(microbatch, step: step, pixels: pixels)
        var partial = partial.mutableSpan
        compute(into: &partial) { _, _ in }
    }

    /// What the compiled graph does in a run.
    public var counters: ExecutionCounters { executable.counters }

    /// Whether products may leave out what is multiplied by zero.
    var leavesZerosOut: Bool {
        get { executable.leavesZerosOut }
        set { executable.leavesZerosOut = newValue }
    }
}

extension TrainingProgram {
    /// Compiles the training graph for one thread.
    public func leafComputer(engine: any Engine) throws -> LeafComputer { try LeafComputer(self, engine: engine) }
}

/// Writes bytes as numbers from 0 to 1 into a part of a buffer: byte / 255, correctly rounded.
func writeUnitInterval(_ bytes: ArraySlice<UInt8>, to buffer: inout [Float], _ range: Range<Int>) {
    precondition(bytes.count == range.count, "\(bytes.count) bytes of pixels for \(range.count) inputs")
    let bytes = bytes.span
    var all = buffer.mutableSpan
    var numbers = all._mutatingExtracting(range)
    for index in 0..<bytes.count { numbers[index] = Float(bytes[index]) / 255 }
}

extension SliceTable {
    /// The slice of that name, which must be there.
    func required(_ name: String) -> Slice {
        guard let slice = self[name] else { preconditionFailure("the graph has no input called \(name)") }
        return slice
    }
}
