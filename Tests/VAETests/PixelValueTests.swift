import Randomness
import Tensors
import Testing

@testable import VAE

/// What of p(x|z) a sampling graph gives.
@Suite struct PixelValueTests {
    private static func run(_ likelihood: Likelihood, _ value: PixelValue, seed: UInt64 = 3) throws -> [Double] {
        var description = TinyModels.linear
        description.images = ImageDescription(channels: 1, height: 2, width: 3)
        let planes = likelihood.planes
        description.decoder = [
            .linear(units: 4), .relu, .linear(units: 6 * planes), .reshape(planes, 2, 3),
        ]
        let model = try VariationalAutoencoder(description, Objective(likelihood: likelihood))
        let keys = NoiseKeys(seed: seed, passes: [0, 0, 0], examples: [0, 1, 2])
        return Interpreter.run(
            model.samplingGraph(count: 3, value), parameters: model.initialParameters(seed: 1).map { 4 * Double($0) },
            statistics: model.initialStatistics().map(Double.init), inputs: [0, 1, 3, -3, -2, 2], noise: keys)
    }

    @Test func bitsAreDrawnAndRounded() throws {
        let mean = try Self.run(.bernoulli, .mean)
        #expect(mean.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(try Self.run(.bernoulli, .probable) == mean.map { $0 > 0.5 ? 1 : 0 })
        let drawn = try Self.run(.bernoulli, .drawn)
        #expect(drawn.allSatisfy { $0 == 0 || $0 == 1 } && Set(drawn).count == 2)
    }

    @Test(arguments: [
        Likelihood.bernoulli, .continuousBernoulli, .gaussian(variance: .fixed(0.1)),
        .squaredError, .discretizedLogistic, .categorical,
    ])
    func drawsAreAFunctionOfTheSeedAndTheirMeanIsTheMean(_ likelihood: Likelihood) throws {
        let mean = try Self.run(likelihood, .mean)
        #expect(try Self.run(likelihood, .drawn) == Self.run(likelihood, .drawn))
        #expect(try Self.run(likelihood, .drawn) != Self.run(likelihood, .drawn, seed: 4))
        #expect(try Self.run(likelihood, .probable).count == mean.count)
        let draws = 300
        var sums = [Double](repeating: 0, count: mean.count)
        for seed in 0..<draws {
            for (index, value) in try Self.run(likelihood, .drawn, seed: UInt64(seed)).enumerated() {
                sums[index] += value
            }
        }
        for (sum, mean) in zip(sums, mean) { #expect(abs(sum / Double(draws) - mean) < 0.25) }
    }
}
