import Contract
import Tensors
import VAE

/// Computes what held-out examples cost, in inference mode. One thread uses it at a time.
public final class EvaluationComputer {
    private let program: TrainingProgram
    private let executable: any Executable
    private var inputs: [Float]
    private let examples: ExampleInputs
    private let weights: SliceTable.Slice
    private var sums: [Float]
    private let evidence: EvidenceComputer?

    /// Compiles the evaluation graph, and those that estimate −ln p(x) where that is asked for.
    init(_ program: TrainingProgram, engine: any Engine) throws {
        let graph = program.model.evaluationGraph(microbatch: program.plan.microbatch, LatentMeasure.allCases)
            .rounded(to: program.configuration.precision)
        precondition(
            graph.outputs.slices.map(\.name)
                == program.layout.metrics.map(VariationalAutoencoder.metric) + [VariationalAutoencoder.examples]
                + LatentMeasure.allCases.map(VariationalAutoencoder.metric),
            "the evaluation graph's outputs are laid out otherwise")
        self.program = program
        executable = try engine.compile(graph)
        inputs = Array(repeating: 0, count: graph.inputs.count)
        sums = Array(repeating: 0, count: program.measuredCount)
        evidence = try program.configuration.evidence.map { settings in
            guard let layout = program.evidenceLayout else { preconditionFailure("evidence has no place") }
            return try EvidenceComputer(program, settings, layout: layout, engine: engine)
        }
        examples = ExampleInputs(graph)
        weights = graph.inputs.required("weights")
    }

    /// Takes over the parameters and running statistics that are evaluated.
    public func load(_ memory: any ParameterMemory) {
        executable.load(memory)
        evidence?.load(memory)
    }

    /// Adds the sums over one microbatch to a shard's, which begin as zeros.
    ///
    /// A shard's microbatches are added in ascending order; the shards' sums are then folded by the tree.
    public func add(_ microbatch: Microbatch, pixels bytes: [UInt8], to partial: inout [Float]) {
        examples.write(bytes, to: &inputs)
        for (row, weight) in microbatch.weights.enumerated() { inputs[weights.offset + row] = weight }
        let noise = NoiseKeys(
            seed: program.configuration.seed, passes: microbatch.passes, examples: microbatch.examples)
        executable.run(inputs: inputs, noise: noise, into: &sums)
        addMeasured(to: &partial)
        evidence?.add(microbatch, pixels: bytes, to: &partial)
    }

    /// Ends a shard, after its last microbatch.
    public func finish(_ partial: inout [Float]) {
        evidence?.finish(&partial)
    }

    /// Adds what the graph measured to the first of a shard's sums.
    private func addMeasured(to partial: inout [Float]) {
        var measured = Array(partial[sums.indices])
        fold(sums, into: &measured)
        partial.replaceSubrange(sums.indices, with: measured)
    }
}

/// What evaluation found. Nats are summed over dimensions and averaged over examples.
public struct EvaluationMetrics: Hashable, Sendable {
    public var reconstruction: Double
    public var divergence: Double
    /// What else the objective measures.
    public var others: [Metric]
    public var latents: LatentUse
    /// Nil where −ln p(x) was not estimated.
    public var evidence: EvidenceEstimate?
    public var negativeELBO: Double { reconstruction + divergence }

    /// The means behind the sum at the tree's root, or nil where there are no examples.
    ///
    /// - Parameter examples: How many there are; summing ones in float32 would stop at 2²⁴.
    public init?(sums: [Float], examples: Int, of program: TrainingProgram) {
        self.init(
            sums: Array(sums.prefix(program.measuredCount)), examples: examples, of: program.layout.metrics,
            program.configuration.model.latents)
        if let settings = program.configuration.evidence {
            evidence = program.evidenceLayout?.estimate(sums, samples: settings.samples)
        }
    }

    /// - Parameter names: The metrics that were summed, as a model's table has them.
    init?(sums: [Float], examples: Int, of names: [String], _ latents: Latents) {
        guard examples > 0 else { return nil }
        let means = MetricMeans(names, sums: sums.prefix(names.count), count: examples)
        reconstruction = means.reconstruction
        divergence = means.divergence
        others = means.others
        self.latents = LatentUse(sums: Array(sums.dropFirst(names.count + 1)), examples: examples, of: latents)
    }
}

extension TrainingProgram {
    /// A shard's sums before its first microbatch.
    public var evaluationZeros: [Float] { Array(repeating: 0, count: evaluationFormat.count) }

    /// Compiles the evaluation graph for one thread.
    public func evaluationComputer(engine: any Engine) throws -> EvaluationComputer {
        try EvaluationComputer(self, engine: engine)
    }
}
