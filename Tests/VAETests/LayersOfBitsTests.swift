import Glibc
import Randomness
import Tensors
import Testing

@testable import VAE

/// Sigmoid belief networks, by enumeration of the eight values of three bits.
@Suite struct LayersOfBitsTests {
    private static func model() throws -> VariationalAutoencoder {
        var description = TinyModels.linear
        description.latents = .beliefNetwork([2, 1])
        description.decoder = [.linear(units: 6), .reshape(1, 2, 3)]
        return try VariationalAutoencoder(
            description,
            Objective(likelihood: .bernoulli, estimator: .scoreFunction(ScoreFunction(samples: 1, baseline: .none))))
    }

    private static func parameters(_ model: VariationalAutoencoder) -> [Double] {
        model.initialParameters(seed: 4).enumerated().map { 2 * Double($1) + 0.01 * Double($0 % 5) }
    }

    /// q(z|x) and p(z) of all values.
    private static func probabilities(_ model: VariationalAutoencoder) -> (posterior: [Double], prior: [Double]) {
        let x = Tensor.input("pixels", [1, 1, 2, 3])
        var scope = Scope(.inference, pixels: x, model.description, model.objective, model.encoder, model.decoder)
        let q = scope.posterior(of: x)
        let values = (0..<8).map { number in
            Tensor.concatenate((0..<3).map { Tensor.constant(Float(number >> $0 & 1), [1, 1]) }, axis: 1)
        }
        let graph = Graph(
            parameters: model.parameters, inputs: SliceTable([("pixels", x.shape)]),
            outputs: values.enumerated().map { ("q\($0)", q.logDensity(of: $1)) }
                + values.enumerated().map { ("p\($0)", q.priorLogDensity(of: $1)) })
        let results = Interpreter.run(
            graph, parameters: parameters(model), inputs: [0.1, 0.9, 0.2, 0.8, 0.6, 0.4])
        return (results[..<8].map { exp($0) }, results[8...].map { exp($0) })
    }

    @Test func probabilitiesSumToOne() throws {
        let (posterior, prior) = Self.probabilities(try Self.model())
        #expect(abs(posterior.reduce(0, +) - 1) < 1e-12 && abs(prior.reduce(0, +) - 1) < 1e-12)
        #expect(Set(prior.map { ($0 * 1e6).rounded() }).count == 8)
    }

    /// How often each value is drawn from the prior, within five standard errors of its probability.
    @Test func drawsFromTheLearnedPriorHaveItsProbabilities() throws {
        let model = try Self.model()
        let rows = 4000
        let graph = try #require(model.priorGraph(count: rows))
        let draws = (0..<rows).flatMap { row in
            model.description.latents.draw(RandomStream(seed: 5, operator: 1, example: UInt32(row))).map(Double.init)
        }
        let results = Interpreter.run(graph, parameters: Self.parameters(model), inputs: draws)
        var counts = [Double](repeating: 0, count: 8)
        for row in 0..<rows { counts[(0..<3).reduce(0) { $0 + (results[3 * row + $1] > 0.5 ? 1 << $1 : 0) }] += 1 }
        for (count, probability) in zip(counts, Self.probabilities(model).prior) {
            let error = (probability * (1 - probability) / Double(rows)).squareRoot()
            #expect(abs(count / Double(rows) - probability) < 5 * error)
        }
    }

    /// The encoder sees the upper half alone, and the likelihood judges the lower half alone.
    @Test func aPredictionSeesOneHalfAndIsJudgedByTheOther() throws {
        var description = TinyModels.linear
        description.images.prediction = .lowerHalf
        description.latents = .stochasticLayers([2, 2])
        description.decoder = [.linear(units: 6), .reshape(1, 2, 3)]
        let model = try VariationalAutoencoder(
            description, Objective(likelihood: .bernoulli, estimator: .relaxed(Relaxed(sample: .straightThrough))))
        func encoded(_ pixels: [Double]) -> [Double] {
            Interpreter.run(
                model.encodingGraph(count: 1), parameters: Self.parameters(model), inputs: pixels)
        }
        #expect(encoded([1, 0, 1, 0, 0, 0]) == encoded([1, 0, 1, 1, 1, 0]))
        #expect(encoded([1, 0, 1, 0, 0, 0]) != encoded([0, 0, 1, 0, 0, 0]))
        let whole = Interpreter.run(
            model.reconstructionGraph(count: 1), parameters: Self.parameters(model), inputs: [1, 0, 1, 0, 0, 0])
        #expect(Array(whole[..<3]) == [1, 0, 1])
        #expect(whole[3...].allSatisfy { $0 > 0 && $0 < 1 })
        // The lower half that was [0, 1, 0], beside what is predicted for it.
        let compared = Interpreter.run(
            model.comparisonGraph(count: 1), parameters: Self.parameters(model), inputs: [1, 0, 1, 0, 1, 0])
        #expect(compared[..<3] == [0, 1, 0] && compared[3..<6] == whole[3...])
        let error = zip([0, 1, 0], whole[3...]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 3
        #expect(abs(compared[6] - error) < 1e-12 && abs(compared[7] + 10 * log10(error)) < 1e-6)
    }
}
