import Randomness
import Tensors
import Testing
import VAE

/// A preset's step on parameters, pixels and noise that both sides make from the same keyed streams.
struct PresetStep {
    static let presets = ["mlp", "mnist", "face-64", "face-128", "face-128-upsampling", "blocks"]
    /// Those that read labels, in `scripts/reference/label_steps.py`.
    static let labelPresets = ["cvae", "m2", "pc-vae", "cpc-vae"]

    let preset: String
    let model: VariationalAutoencoder

    init(_ preset: String) throws {
        self.preset = preset
        if preset == "blocks" {
            model = try VariationalAutoencoder(BlockModel.description, Objective(likelihood: .squaredError))
        } else {
            let description = try #require(Preset.named(preset))
            model = try VariationalAutoencoder(description.model, description.objective)
        }
    }

    /// The gradient of the sum of the loss over the microbatch, and the two sums of the terms.
    func run(on engine: any Engine, _ reference: StepReference) throws -> (gradient: [Float], terms: [Float]) {
        let graph = try model.trainingGraph(microbatch: reference.microbatch)
        let executable = try engine.compile(graph)
        executable.load(
            parameters: model.initialParameters(seed: reference.seed), statistics: model.initialStatistics())
        var outputs = [Float](repeating: 0, count: graph.outputs.count)
        executable.run(inputs: inputs(graph, reference), noise: keys(reference), into: &outputs)
        return (Array(outputs[..<model.parameters.count]), Array(outputs.suffix(model.metrics.count).prefix(2)))
    }

    /// Checks ‖Δ‖ ≤ 10⁻⁴ ‖g‖ + 10⁻⁶ ‖g of all‖ for each tensor, and the terms to 10⁻⁵ of themselves.
    func expectAgreement(with reference: StepReference, on engine: any Engine) throws {
        let (gradient, terms) = try run(on: engine, reference)
        #expect(reference.tensors.map(\.name) == model.parameters.slices.map(\.name))
        expectNear(terms[0], reference.reconstruction, "reconstruction")
        expectNear(terms[1], reference.divergence, "divergence")
        for (index, slice) in model.parameters.slices.enumerated() {
            let expected = reference.tensors[index]
            let distance = expected.distance(to: gradient[slice.range], index: index)
            let bound = 1e-4 * expected.norm + 1e-6 * reference.normOfAll
            #expect(distance <= bound, "\(preset): gradient of \(slice.name), of norm \(expected.norm)")
        }
    }

    private func expectNear(_ value: Float, _ expected: Double, _ term: String) {
        #expect(abs(Double(value) - expected) <= 1e-5 * expected, "\(term) of \(preset)")
    }

    /// Odd rows are in their second pass.
    private func keys(_ reference: StepReference) -> NoiseKeys {
        let rows = 0..<UInt32(reference.microbatch)
        return NoiseKeys(
            seed: reference.seed, passes: rows.map { $0 % 2 }, examples: rows.map { reference.firstExample + $0 })
    }

    /// Pixels as bytes of a file would be, a byte from each keyed word, and β = 1. Labels and weights are those of `label_steps.py`.
    private func inputs(_ graph: Graph, _ reference: StepReference) -> [Float] {
        var inputs = [Float](repeating: 1, count: graph.inputs.count)
        let pixels = graph.inputs[VariationalAutoencoder.pixels]!
        let count = pixels.shape.count / reference.microbatch
        for row in 0..<reference.microbatch {
            let stream = keys(reference).stream(row: row, of: Operation.Noise(.uniform, key: RandomStream.synthesis))
            for element in 0..<count {
                inputs[pixels.offset + row * count + element] = Float(stream.bits(element) >> 24) / 255
            }
        }
        writeLabels(to: &inputs, graph, rows: reference.microbatch)
        return inputs
    }

    private func writeLabels(to inputs: inout [Float], _ graph: Graph, rows: Int) {
        guard let labels = graph.inputs[VariationalAutoencoder.labels] else { return }
        let weights = graph.inputs[VariationalAutoencoder.weights]
        let labelled = weights == nil ? rows : 4
        let classes = labels.shape[1]
        for row in 0..<rows {
            for index in 0..<classes {
                inputs[labels.offset + row * classes + index] = row < labelled && index == row % classes ? 1 : 0
            }
            if let weights { inputs[weights.offset + row] = row < labelled ? 0.25 : 1.75 }
        }
    }
}
