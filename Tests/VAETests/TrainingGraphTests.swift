import Glibc
import SeededRandomness
import Tensors
import Testing

@testable import VAE

@Suite struct TrainingGraphTests {
    private static let cases: [(ModelDescription, Objective)] =
        [
            (TinyModels.convolutional, Objective(likelihood: .squaredError, reconstructionWeight: 3)),
            (TinyModels.convolutional, Objective(likelihood: .gaussian(variance: .fixed(0.2)))),
            (TinyModels.linear, Objective(likelihood: .bernoulli)),
            (TinyModels.spatial, Objective(likelihood: .bernoulli)),
            (TinyModels.blocks, Objective(likelihood: .squaredError, reconstructionWeight: 3)),
        ] + preparations.map { (TinyModels.linear(seeing: $0), Objective(likelihood: .squaredError)) }

    private static let preparations = [
        ImageDescription(channels: 1, height: 2, width: 3, binarize: .dynamic),
        ImageDescription(channels: 1, height: 2, width: 3, binarize: .static),
        ImageDescription(channels: 1, height: 2, width: 3, dequantize: true),
    ]

    /// The gradient of the sum of α·reconstruction + β·divergence, noise and masks held by their keys.
    @Test(arguments: cases.indices)
    func gradientMatchesDifferences(index: Int) throws {
        let (description, objective) = Self.cases[index]
        let model = try VariationalAutoencoder(description, objective)
        let graph = try model.trainingGraph(microbatch: 3)
        var generator = SeededGenerator(seed: UInt64(index) + 1)
        let inputs = generator.values(3 * description.images.shape.count, in: 0...1) + [0.7]
        let statistics = model.initialStatistics().map(Double.init)
        func run(_ parameters: [Double]) -> [Double] {
            Interpreter.run(
                graph, parameters: parameters, statistics: statistics, inputs: inputs, noise: TinyModels.keys(3))
        }
        func loss(_ results: [Double]) -> Double {
            Double(objective.reconstructionWeight) * results[results.count - 2] + 0.7 * results[results.count - 1]
        }
        let point = model.initialParameters(seed: 1).map { 2 * Double($0) }
        let gradient = run(point)
        for element in point.indices {
            var (above, below) = (point, point)
            above[element] += 1e-5
            below[element] -= 1e-5
            let difference = (loss(run(above)) - loss(run(below))) / 2e-5
            let error = abs(gradient[element] - difference)
            #expect(
                error < 2e-6 * max(1, abs(difference)), "\(element): \(gradient[element]), differences \(difference)")
        }
    }

    /// The parts written out again for one image, without a graph's help for the sum of the parts.
    @Test func metricsAreSumsOverExamplesWithoutWeights() throws {
        let one = try VariationalAutoencoder(TinyModels.linear, Objective(likelihood: .bernoulli))
        let other = try VariationalAutoencoder(
            TinyModels.linear, Objective(likelihood: .bernoulli, reconstructionWeight: 9))
        let inputs = [0.1, 0.9, 0.2, 0.8, 0.6, 0.4, 0.7, 0.3, 1, 0, 0.51, 0.49]
        let parameters = one.initialParameters(seed: 2).map(Double.init)
        func metrics(_ model: VariationalAutoencoder, _ inputs: [Double], beta: Double, _ keys: NoiseKeys) throws
            -> [Double]
        {
            let graph = try model.trainingGraph(microbatch: inputs.count / 6)
            return Interpreter.run(graph, parameters: parameters, inputs: inputs + [beta], noise: keys).suffix(2)
        }
        let both = try metrics(one, inputs, beta: 1, TinyModels.keys(2))
        #expect(both == (try metrics(other, inputs, beta: 0.25, TinyModels.keys(2))))
        let keys = (0..<2).map { NoiseKeys(seed: 3, passes: [1], examples: [UInt32($0)]) }
        let first = try metrics(one, Array(inputs[..<6]), beta: 1, keys[0])
        let second = try metrics(one, Array(inputs[6...]), beta: 1, keys[1])
        for index in 0..<2 { #expect(abs(both[index] - first[index] - second[index]) < 1e-12) }
        #expect(both[0] > 0 && both[1] > 0)
    }

    @Test func binarizedPixelsCountOnlyByTheirSide() throws {
        let model = try VariationalAutoencoder(TinyModels.linear, Objective(likelihood: .bernoulli))
        let graph = try model.trainingGraph(microbatch: 1)
        let parameters = model.initialParameters(seed: 2).map(Double.init)
        func run(_ pixels: [Double]) -> [Double] {
            Interpreter.run(graph, parameters: parameters, inputs: pixels + [1], noise: TinyModels.keys(1))
        }
        #expect(run([0.1, 0.9, 0.2, 128.0 / 255, 0.6, 127.0 / 255]) == run([0, 1, 0, 1, 1, 0]))
    }

    /// The first normalisation sees the convolution of the pixels, which is worked out again here.
    @Test func batchStatisticsAreMeansAndUnbiasedVariances() throws {
        let description = ModelDescription(
            images: ImageDescription(channels: 1, height: 1, width: 2),
            encoder: [.batchNormalization(), .flatten], latents: 1, decoder: [.linear(units: 2), .reshape(1, 1, 2)])
        let model = try VariationalAutoencoder(description, Objective(likelihood: .squaredError))
        let graph = try model.trainingGraph(microbatch: 2)
        let results = Interpreter.run(
            graph, parameters: model.initialParameters(seed: 1).map(Double.init), statistics: [0, 1],
            inputs: [1, 2, 3, 6, 1], noise: TinyModels.keys(2))
        let offset = model.parameters.count
        #expect(results[offset] == 3)
        #expect(abs(results[offset + 1] - 14.0 / 3) < 1e-6)
        #expect(
            graph.outputs.slices[model.parameters.slices.count].name == "statistics/encoder/0/batch_normalization/mean")
    }
}
