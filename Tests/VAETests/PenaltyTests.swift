import Tensors
import Testing

@testable import VAE

/// What a penalty on the divergence does to the gradient, beside that of the plain weight.
@Suite struct PenaltyTests {
    private static let rows = 4
    private static let images = (0..<rows * 6).map { Double($0 * 5 % 7) / 7 }

    private static func gradient(_ penalty: DivergencePenalty, _ scheduled: [Double]) throws -> (
        values: [Double], divergence: Double
    ) {
        let model = try VariationalAutoencoder(
            TinyModels.linear, Objective(likelihood: .bernoulli, divergence: penalty))
        let parameters = model.initialParameters(seed: 4).map { 3 * Double($0) }
        let results = Interpreter.run(
            try model.trainingGraph(microbatch: rows), parameters: parameters, inputs: images + scheduled,
            noise: TinyModels.keys(rows))
        return (Array(results.prefix(model.parameters.count)), results.last! / Double(rows))
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).map { abs($0 - $1) }.max()!
    }

    /// Below its capacity the divergence is drawn up as strongly as it is drawn down above.
    @Test func capacityHoldsTheDivergence() throws {
        let plain = try Self.gradient(.weighted, [0.5])
        let above = try Self.gradient(.capacity, [0.5, plain.divergence - 0.1])
        let below = try Self.gradient(.capacity, [0.5, plain.divergence + 0.1])
        #expect(Self.distance(above.values, plain.values) < 1e-9)
        let upwards = try Self.gradient(.weighted, [-0.5])
        #expect(Self.distance(below.values, upwards.values) < 1e-9)
        #expect(below.divergence == plain.divergence)
    }

    /// Latents below the free bits feel no pressure, and those above all of it.
    @Test func freeBitsAreFree() throws {
        let (plain, none) = (try Self.gradient(.weighted, [0.5]), try Self.gradient(.weighted, [0]))
        #expect(Self.distance(try Self.gradient(.freeBits(1e-9), [0.5]).values, plain.values) < 1e-9)
        #expect(Self.distance(try Self.gradient(.freeBits(100), [0.5]).values, none.values) < 1e-9)
        #expect(Self.distance(plain.values, none.values) > 1e-3)
    }

    /// A categorical latent has one divergence, the sum over its classes: at the prior, below the floor, nothing presses it.
    @Test func aVariableOfSeveralClassesHasOneDivergence() {
        let logits = [0.0, 0, 0, 4, 0, 0]
        let q = Categorical(logits: .input("logits", [1, 6]), classes: 3)
        var scope = Scope.forDistributions(examples: 1)
        let penalty = DivergencePenalty.freeBits(0.1).penalty(q.divergenceFromPrior!, of: q, in: &scope)
        let graph = Graph(
            inputs: SliceTable([("logits", [1, 6]), ("divergence weight", [])]),
            outputs: [("penalty", penalty), ("divergence", q.divergenceFromPrior!)])
        let results = Interpreter.run(graph, inputs: logits + [1])
        #expect(abs(results[0] - (0.1 + results[1])) < 1e-6)
    }

    @Test func aPenaltyThatCannotBeIsRefused() {
        func problem(_ latents: Latents, _ penalty: DivergencePenalty, _ estimator: Estimator) -> String {
            var model = TinyModels.linear
            model.latents = latents
            do {
                _ = try VariationalAutoencoder(
                    model, Objective(likelihood: .bernoulli, divergence: penalty, estimator: estimator))
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(problem(.gaussian(2), .capacity, .importanceWeighted(.init())).contains("change the estimator"))
        #expect(problem(.deterministic(2), .capacity, .evidenceLowerBound(.init())).contains("closed form"))
        #expect(problem(.gaussian(2), .freeBits(0), .evidenceLowerBound(.init())).contains("above 0"))
        #expect(problem(.bernoulli(2), .freeBits(0.1), .relaxed(.init())) == "")
    }
}
