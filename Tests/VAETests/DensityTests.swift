import Glibc
import SeededRandomness
import Tensors
import Testing

@testable import VAE

/// Every density sums or integrates to one, has the mean that it says, and is drawn from as it is.
@Suite struct DensityTests {
    private static let inputs = SliceTable([("x", [1, 1, 1, 1]), ("decoded", [1, 512, 1, 1])])

    /// p(x) for each x of a list, under a decoder's numbers.
    private func densities(_ likelihood: Likelihood, _ decoded: [Double], _ values: [Double]) -> [Double] {
        let (x, numbers) = (Tensor.input("x", [1, 1, 1, 1]), Tensor.input("decoded", [1, decoded.count, 1, 1]))
        var scope = Scope.forDistributions(examples: 1)
        let density = exp(likelihood.distribution(numbers, in: &scope).logDensity(of: x))
        let graph = Graph(
            inputs: SliceTable([("x", x.shape), ("decoded", numbers.shape)]), outputs: [("density", density)])
        return values.map { Interpreter.run(graph, inputs: [$0] + decoded)[0] }
    }

    private func mean(_ likelihood: Likelihood, _ decoded: [Double]) -> Double {
        let numbers = Tensor.input("decoded", [1, decoded.count, 1, 1])
        var scope = Scope.forDistributions(examples: 1)
        let mean = likelihood.distribution(numbers, in: &scope).mean
        let graph = Graph(inputs: SliceTable([("decoded", numbers.shape)]), outputs: [("mean", mean)])
        return Interpreter.run(graph, inputs: decoded)[0]
    }

    private let bytes = (0...255).map { Double($0) / 255 }

    /// Locations inside, at the ends and beyond, sharp and wide.
    @Test(arguments: [(0.4, -3.0), (0.0, -4), (1.02, -2), (-0.3, 0), (0.5, 1.5), (0.5, -9), (0.7, -5.5)])
    func discretizedLogisticsSumToOne(location: Double, logScale: Double) {
        let probabilities = densities(.discretizedLogistic, [location, logScale], bytes)
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
        #expect(probabilities.allSatisfy { $0 >= 0 })
    }

    @Test func categoricalPixelsSumToOneAndHaveTheirMean() {
        var generator = SeededGenerator(seed: 1)
        let logits = generator.values(256, in: -3...3)
        let probabilities = densities(.categorical, logits, bytes)
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
        let expected = zip(bytes, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(mean(.categorical, logits) - expected) < 1e-9)
    }

    /// By Simpson's rule; logits beside 0, where the formulas give way to their series, among them.
    @Test(arguments: [-30.0, -4, -0.51, -0.49, -0.01, 0, 1e-5, 0.3, 0.499, 0.501, 2, 12])
    func continuousBernoullisIntegrateToOneAndHaveTheirMean(logit: Double) {
        let count = 4000
        let points = (0...count).map { Double($0) / Double(count) }
        let values = densities(.continuousBernoulli, [logit], points)
        func integral(_ function: (Int) -> Double) -> Double {
            points.indices.reduce(0) { sum, index in
                let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
                return sum + weight * function(index) / Double(3 * count)
            }
        }
        #expect(abs(integral { values[$0] } - 1) < 1e-6)
        #expect(abs(mean(.continuousBernoulli, [logit]) - integral { points[$0] * values[$0] }) < 1e-6)
    }

    @Test(arguments: [Likelihood.gaussian(variance: .fixed(0.04)), .gaussian(variance: .perPixel)])
    func normalPixelsIntegrateToOne(likelihood: Likelihood) {
        let decoded = likelihood.planes == 2 ? [0.3, log(0.04)] : [0.3]
        let step = 1e-3
        let values = densities(likelihood, decoded, stride(from: -2.0, through: 3, by: step).map { $0 })
        #expect(abs(values.reduce(0, +) * step - 1) < 1e-6)
    }

    // MARK: - Latents

    private func evaluate(_ tensors: [Tensor], logits: [Double], _ shape: Shape) -> [Double] {
        let graph = Graph(
            inputs: SliceTable([("logits", shape)]),
            outputs: tensors.enumerated().map { ("\($0)", $1) })
        return Interpreter.run(graph, inputs: logits)
    }

    /// Σ q ln(q/p) over all values.
    @Test func divergencesOfDiscreteLatentsAreTheSums() {
        let logits = [-2.0, 0.5, 3]
        let bernoulli = Bernoulli(logits: .input("logits", [1, 3]))
        let expected = logits.reduce(0.0) { sum, logit in
            let p = 1 / (1 + exp(-logit))
            return sum + p * log(2 * p) + (1 - p) * log(2 * (1 - p))
        }
        #expect(abs(evaluate([bernoulli.divergenceFromPrior!], logits: logits, [1, 3])[0] - expected) < 1e-6)

        let categorical = Categorical(logits: .input("logits", [1, 3]), classes: 3)
        let sum = logits.reduce(0) { $0 + exp($1) }
        let divergence = logits.map { exp($0) / sum }.reduce(0) { $0 + $1 * log(3 * $1) }
        #expect(abs(evaluate([categorical.divergenceFromPrior!], logits: logits, [1, 3])[0] - divergence) < 1e-9)
    }

    /// The mean of keyed draws is the mean, within five standard errors.
    @Test(arguments: [false, true])
    func drawsHaveTheirMean(exclusive: Bool) {
        let (rows, logits) = (4000, [-2.0, 0.5, 1])
        let numbers = Tensor.input("logits", [1, 3]).broadcast(to: [rows, 3])
        var scope = Scope.forDistributions(examples: rows)
        let q: any LatentDistribution =
            exclusive ? Categorical(logits: numbers, classes: 3) : Bernoulli(logits: numbers)
        let graph = Graph(
            inputs: SliceTable([("logits", [1, 3])]),
            outputs: [("draws", q.sample(in: &scope).mean(axes: [0])), ("mean", q.mean.slice(axis: 0, 0..<1))])
        let results = Interpreter.run(graph, inputs: logits, noise: TinyModels.keys(rows))
        for (draw, mean) in zip(results[..<3], results[3...]) {
            #expect(abs(draw - mean) < 5 * (mean * (1 - mean) / Double(rows)).squareRoot())
        }
    }

    /// Draws of grey pixels have the mean that the density has.
    @Test(arguments: [
        (Likelihood.continuousBernoulli, [3.0]), (.continuousBernoulli, [-0.2]), (.discretizedLogistic, [0.9, -2.0]),
        (.categorical, (0..<256).map { Double($0 % 7) }), (.gaussian(variance: .fixed(0.01)), [0.4]),
        (.squaredError, [0.1]),
    ])
    func drawnPixelsHaveTheirMean(likelihood: Likelihood, decoded: [Double]) {
        let rows = 3000
        let shape: Shape = [1, decoded.count, 1, 1]
        let numbers = Tensor.input("decoded", shape).broadcast(to: [rows, decoded.count, 1, 1])
        var scope = Scope.forDistributions(examples: rows)
        let draws = likelihood.distribution(numbers, in: &scope).sample(in: &scope)
        let graph = Graph(
            inputs: SliceTable([("decoded", shape)]),
            outputs: [("mean", draws.mean()), ("square", square(draws).mean())])
        let results = Interpreter.run(graph, inputs: decoded, noise: TinyModels.keys(rows))
        let deviation = (results[1] - results[0] * results[0]).squareRoot()
        #expect(abs(results[0] - mean(likelihood, decoded)) < 5 * deviation / Double(rows).squareRoot())
    }
}
