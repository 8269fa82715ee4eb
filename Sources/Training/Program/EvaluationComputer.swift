import Contract
import Tensors
import VAE

/// Computes what held-out examples cost, in inference mode. One thread uses it at a time.
public final class EvaluationComputer {
    private let program: TrainingProgram
    private let executable: any Executable
    private var inputs: [Float]
    private let pixels: SliceTable.Slice
    private let weights: SliceTable.Slice
    private var sums: [Float]

    /// Compiles the evaluation graph.
    init(_ program: TrainingProgram, engine: any Engine) throws {
        let graph = program.model.evaluationGraph(microbatch: program.plan.microbatch)
            .rounded(to: program.configuration.precision)
        precondition(
            graph.outputs.slices.map(\.name) == EvaluationSums.names,
            "the evaluation graph's outputs are laid out otherwise")
        self.program = program
        executable = try engine.compile(graph)
        inputs = Array(repeating: 0, count: graph.inputs.count)
        sums = Array(repeating: 0, count: EvaluationSums.names.count)
        pixels = graph.inputs.required("pixels")
        weights = graph.inputs.required("weights")
    }

    /// Takes over the parameters and running statistics that are evaluated.
    public func load(_ memory: any ParameterMemory) {
        executable.load(memory)
    }

    /// Adds the sums over one microbatch to a shard's, which begin as zeros.
    ///
    /// A shard's microbatches are added in ascending order; the shards' sums are then folded by the tree.
    public func add(_ microbatch: Microbatch, pixels bytes: [UInt8], to partial: inout [Float]) {
        writeUnitInterval(bytes, to: &inputs, pixels.range)
        for (row, weight) in microbatch.weights.enumerated() { inputs[weights.offset + row] = weight }
        let noise = NoiseKeys(
            seed: program.configuration.seed, passes: microbatch.passes, examples: microbatch.examples)
        executable.run(inputs: inputs, noise: noise, into: &sums)
        fold(sums, into: &partial)
    }
}

/// The sums that evaluation gives for a shard or a node.
public enum EvaluationSums {
    static let names = ["metrics/reconstruction", "metrics/divergence", "metrics/examples"]

    /// The number of elements.
    public static let count = 3

    /// What they look like on the wire: whatever the run's format, three floats.
    public static let format = PartialFormat(count: count)

    /// A shard's sums before its first microbatch.
    public static let zeros: [Float] = [0, 0, 0]
}

/// What evaluation found. Nats are summed over dimensions and averaged over examples.
public struct EvaluationMetrics: Hashable, Sendable {
    public var reconstruction: Double
    public var divergence: Double
    public var negativeELBO: Double { reconstruction + divergence }

    /// The means behind the sum at the tree's root, or nil where there are no examples.
    ///
    /// - Parameter examples: How many there are; summing ones in float32 would stop at 2²⁴.
    public init?(sums: [Float], examples: Int) {
        precondition(sums.count == EvaluationSums.count, "\(sums.count) sums of an evaluation")
        guard examples > 0 else { return nil }
        reconstruction = Double(sums[0]) / Double(examples)
        divergence = Double(sums[1]) / Double(examples)
    }
}

extension TrainingProgram {
    /// Compiles the evaluation graph for one thread.
    public func evaluationComputer(engine: any Engine) throws -> EvaluationComputer {
        try EvaluationComputer(self, engine: engine)
    }
}
