import Foundation
import Pictures
import Tensors
import VAE

/// A VAE with three binary latents, whose expectations are sums of eight terms.
struct ThreeBits {
    private let model: VariationalAutoencoder
    private let parameters: [Double]

    private static let image = [0.1, 0.9, 0.2, 0.8, 0.6, 0.4]
    private static let binarized = image.map { $0 > 0.5 ? 1.0 : 0 }

    init(_ estimator: Estimator) throws {
        model = try VariationalAutoencoder(
            ModelDescription(
                images: ImageDescription(channels: 1, height: 2, width: 3, binarize: 0.5),
                encoder: [.flatten, .linear(units: 4), .tanh], latents: .bernoulli(3),
                decoder: [.linear(units: 4), .tanh, .linear(units: 6), .reshape(1, 2, 3)]),
            Objective(likelihood: .bernoulli, estimator: estimator))
        // Far from where training begins, so that nothing is nearly zero.
        parameters = model.initialParameters(seed: 4).map { 3 * Double($0) }
    }

    /// The gradient of Σ_z q(z|x) (−ln p(x|z)) + KL, by central differences.
    var exactGradient: [Double] {
        parameters.indices.map { index in
            var (above, below) = (parameters, parameters)
            above[index] += 1e-5
            below[index] -= 1e-5
            return (loss(above) - loss(below)) / 2e-5
        }
    }

    private func loss(_ parameters: [Double]) -> Double {
        let probabilities = Interpreter.run(
            model.encodingGraph(count: 1), parameters: parameters, inputs: Self.image)
        let values = (0..<8).map { number in (0..<3).map { Double(number >> $0 & 1) } }
        let means = Interpreter.run(
            model.samplingGraph(count: 8), parameters: parameters, inputs: values.flatMap { $0 })
        let divergence = probabilities.reduce(0) { $0 + $1 * log(2 * $1) + (1 - $1) * log(2 * (1 - $1)) }
        return divergence
            + values.indices.reduce(0) { sum, number in
                let q = zip(values[number], probabilities).reduce(1) { $0 * ($1.0 == 1 ? $1.1 : 1 - $1.1) }
                let reconstruction = Self.binarized.indices.reduce(0.0) { sum, pixel in
                    let mean = means[6 * number + pixel]
                    return sum - log(Self.binarized[pixel] == 1 ? mean : 1 - mean)
                }
                return sum + q * reconstruction
            }
    }

    /// How far estimates of the gradient are from it.
    ///
    /// - Parameter scheduled: The numbers that the graph asks for.
    func error(draws: Int, scheduled: [Double], from exact: [Double]) throws -> EstimateError {
        let graph = try model.trainingGraph(microbatch: 1)
        let statistics = model.statistics.count == 0 ? [] : [baseline(graph, scheduled)]
        var (sum, squares) = ([Double](repeating: 0, count: exact.count), [Double](repeating: 0, count: exact.count))
        for draw in 0..<draws {
            let keys = NoiseKeys(seed: 5, passes: [UInt32(draw)], examples: [0])
            let gradient = Interpreter.run(
                graph, parameters: parameters, statistics: statistics, inputs: Self.image + scheduled, noise: keys)
            for index in exact.indices {
                sum[index] += gradient[index]
                squares[index] += gradient[index] * gradient[index]
            }
        }
        return EstimateError(sum: sum, squares: squares, count: Double(draws), exact: exact)
    }

    /// The mean reconstruction, which a running mean comes to.
    private func baseline(_ graph: Graph, _ scheduled: [Double]) -> Double {
        let statistics = [Double](repeating: 0, count: model.statistics.count)
        let draws = (0..<1000).map { draw in
            let keys = NoiseKeys(seed: 6, passes: [UInt32(draw)], examples: [0])
            let results = Interpreter.run(
                graph, parameters: parameters, statistics: statistics, inputs: Self.image + scheduled, noise: keys)
            return results[results.count - model.metrics.count]
        }
        return draws.reduce(0, +) / Double(draws.count)
    }
}

/// The error of an estimated gradient over the length of the exact one.
struct EstimateError {
    /// |E[g] − ∇| / |∇|
    let bias: Double
    /// √(Σ Var g) / |∇|
    let deviation: Double

    init(sum: [Double], squares: [Double], count: Double, exact: [Double]) {
        let length = exact.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let mean = sum.map { $0 / count }
        let variance = zip(mean, squares).reduce(0) { $0 + max(0, $1.1 / count - $1.0 * $1.0) }
        let distance = zip(mean, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        // The square of the mean's own error is no bias.
        bias = max(0, distance - variance / count).squareRoot() / length
        deviation = variance.squareRoot() / length
    }

    /// √(bias² + variance / n) for n = 1, 2, 4 … 2¹⁴.
    var curve: [Point] {
        (0...14).map { power in
            let variance = deviation * deviation / pow(2, Double(power))
            return Point(x: Double(power), y: (bias * bias + variance).squareRoot())
        }
    }
}
