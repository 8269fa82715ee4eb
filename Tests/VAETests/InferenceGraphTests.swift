import SeededRandomness
import Tensors
import Testing

@testable import VAE

@Suite struct InferenceGraphTests {
    private let model: VariationalAutoencoder
    private let parameters: [Double]
    private let statistics: [Double]
    private let pixels: [Double]

    init() throws {
        model = try VariationalAutoencoder(
            TinyModels.convolutional, Objective(likelihood: .gaussian(variance: .fixed(0.5))))
        parameters = model.initialParameters(seed: 4).map(Double.init)
        var generator = SeededGenerator(seed: 8)
        statistics = model.initialStatistics().map { Double($0) + Double.random(in: 0...0.5, using: &generator) }
        pixels = generator.values(3 * 60, in: 0...1)
    }

    private func run(_ graph: Graph, _ inputs: [Double], _ keys: NoiseKeys = NoiseKeys(seed: 0)) -> [Double] {
        Interpreter.run(graph, parameters: parameters, statistics: statistics, inputs: inputs, noise: keys)
    }

    /// Each example is by itself: running statistics, no dropout, its own noise.
    @Test func examplesDoNotInfluenceEachOther() {
        let graph = model.reconstructionGraph(count: 3)
        let first = run(model.reconstructionGraph(count: 1), Array(pixels[..<60]))
        for (together, alone) in zip(run(graph, pixels), first) { #expect(abs(together - alone) < 1e-12) }
        #expect(graph.noiseRows == nil)
    }

    @Test func paddingOfWeightZeroCountsNothing() {
        let three = run(model.evaluationGraph(microbatch: 3), pixels + [1, 0, 1], TinyModels.keys(3))
        let other = pixels[..<60] + Array(repeating: 0.0, count: 60) + pixels[120...]
        #expect(run(model.evaluationGraph(microbatch: 3), other + [1, 0, 1], TinyModels.keys(3)) == three)
        let alone = (0..<3).map { row in
            let keys = NoiseKeys(seed: 3, passes: [1], examples: [UInt32(row)])
            return run(model.evaluationGraph(microbatch: 1), pixels[row * 60..<row * 60 + 60] + [1], keys)
        }
        for metric in 0..<3 { #expect(abs(three[metric] - alone[0][metric] - alone[2][metric]) < 1e-10) }
        #expect(three[2] == 2)
    }

    /// Encoding, then decoding the mean, is the reconstruction.
    @Test func samplingDecodesWhatEncodingEncodes() {
        let codes = run(model.encodingGraph(count: 3), pixels)
        #expect(codes.count == 12)
        #expect(
            run(model.samplingGraph(count: 3), Array(codes[..<6])) == run(model.reconstructionGraph(count: 3), pixels))
    }

    /// A linear encoder and decoder of two pixels, worked out by hand.
    @Test func aLinearModelByHand() throws {
        let description = ModelDescription(
            images: ImageDescription(channels: 1, height: 1, width: 2), encoder: [.flatten], latents: 1,
            decoder: [.linear(units: 2), .reshape(1, 1, 2)])
        let model = try VariationalAutoencoder(description, Objective(likelihood: .squaredError))
        // mean = 2a − b + 1, log variance = 0, decoded = (3z + 5, −z + 7).
        let parameters: [Double] = [2, -1, 1, 0, 0, 0, 3, -1, 5, 7]
        func run(_ graph: Graph, _ inputs: [Double]) -> [Double] {
            Interpreter.run(graph, parameters: parameters, inputs: inputs, noise: TinyModels.keys(1))
        }
        #expect(run(model.samplingGraph(count: 1), [2]) == [11, 5])
        #expect(run(model.encodingGraph(count: 1), [4, 3]) == [6, 0])
        #expect(run(model.reconstructionGraph(count: 1), [4, 3]) == [23, 1])
        #expect(run(model.evaluationGraph(microbatch: 1), [4, 3, 1])[1] == 18)
    }

    @Test func logitsBecomeProbabilities() throws {
        let model = try VariationalAutoencoder(TinyModels.linear, Objective(likelihood: .bernoulli))
        let values = Interpreter.run(
            model.samplingGraph(count: 2), parameters: model.initialParameters(seed: 1).map(Double.init),
            inputs: [0, 0, 3, -3])
        #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(values.count == 12)
    }
}
