import Glibc
import Tensors
import Testing

@testable import VAE

@Suite struct DistributionTests {
    private func evaluate(_ tensor: Tensor, _ inputs: [(name: String, shape: Shape, values: [Double])]) -> [Double] {
        let graph = Graph(inputs: SliceTable(inputs.map { ($0.name, $0.shape) }), outputs: [("result", tensor)])
        return Interpreter.run(graph, inputs: inputs.flatMap(\.values))
    }

    private func divergence(mean: [Double], logVariance: [Double]) -> Double {
        let shape: Shape = [1, mean.count]
        let q = DiagonalGaussian(mean: .input("mean", shape), logVariance: .input("log variance", shape))
        let inputs = [("mean", shape, mean), ("log variance", shape, logVariance)]
        return evaluate(q.divergenceFromPrior!, inputs)[0]
    }

    @Test func divergenceIsZeroAtTheStandardNormalAndPositiveElsewhere() {
        #expect(divergence(mean: [0, 0, 0], logVariance: [0, 0, 0]) == 0)
        for (mean, logVariance) in [(0.1, 0.0), (0, 0.1), (0, -0.1), (-2, 1)] {
            #expect(divergence(mean: [mean], logVariance: [logVariance]) > 0)
        }
    }

    /// By `torch.distributions.kl_divergence` (see scripts/reference/elbo.py).
    @Test func divergenceIsPyTorchs() {
        #expect(abs(divergence(mean: [0.5, -1, 2], logVariance: [-1, 0.5, 2]) - References.divergence) < 1e-12)
    }

    /// The integral of q ln(q/p) by the trapezoidal rule.
    @Test func divergenceIsTheIntegral() {
        let (mean, logVariance) = (0.7, -0.8)
        let variance = Glibc.exp(logVariance)
        let step = 1e-3
        let integral = stride(from: -12.0, through: 12, by: step).reduce(0) { sum, z in
            let logQ = -0.5 * ((z - mean) * (z - mean) / variance + Glibc.log(2 * Double.pi * variance))
            let logP = -0.5 * (z * z + Glibc.log(2 * Double.pi))
            return sum + Glibc.exp(logQ) * (logQ - logP) * step
        }
        #expect(abs(divergence(mean: [mean], logVariance: [logVariance]) - integral) < 1e-9)
    }

    @Test func aSampleIsTheMeanPlusNoiseTimesTheStandardDeviation() {
        let shape: Shape = [1, 2]
        let q = DiagonalGaussian(mean: .input("mean", shape), logVariance: .input("log variance", shape))
        let inputs = [
            ("mean", shape, [1.0, -2]), ("log variance", shape, [2 * Glibc.log(3), 0]), ("noise", shape, [0.5, -1]),
        ]
        let sample = evaluate(q.sample(.input("noise", shape)), inputs)
        #expect(abs(sample[0] - 2.5) < 1e-12 && sample[1] == -3)
    }

    private let shape: Shape = [2, 1, 1, 3]
    private let pixels: [Double] = [0, 1, 1, 1, 0, 0.25]
    private let decoded: [Double] = [-1.5, 0.25, 3, -2, 0, 1]

    private func negativeLogLikelihood(_ likelihood: Likelihood) -> [Double] {
        let x = Tensor.input("x", shape)
        var scope = Scope.forDistributions(examples: shape[0])
        let term = -likelihood.distribution(.input("decoded", shape), in: &scope).logDensity(of: x)
        return evaluate(term, [("x", shape, pixels), ("decoded", shape, decoded)])
    }

    /// By PyTorch (see scripts/reference/elbo.py).
    @Test func likelihoodsArePyTorchs() {
        for (likelihood, expected) in [
            (Likelihood.bernoulli, References.bernoulli), (.gaussian(variance: .fixed(0.25)), References.gaussian),
            (.squaredError, References.squaredError),
        ] {
            for (value, reference) in zip(negativeLogLikelihood(likelihood), expected) {
                #expect(abs(value - reference) < 1e-6 * abs(reference))
            }
        }
    }

    @Test func certainLogitsCostNothingWhenRightAndThemselvesWhenWrong() {
        let x = Tensor.input("x", [1, 2])
        let term = -Bernoulli(logits: .input("logits", [1, 2])).logDensity(of: x)
        let inputs = [("x", Shape([1, 2]), [1.0, 0]), ("logits", Shape([1, 2]), [900.0, 700])]
        #expect(evaluate(term, inputs) == [700])
    }

    /// The squared error is the normal likelihood of variance ½ without ½ ln π a pixel.
    @Test func squaredErrorIsANormalWithoutItsConstant() {
        for (squared, gaussian) in zip(
            negativeLogLikelihood(.squaredError), negativeLogLikelihood(.gaussian(variance: .fixed(0.5))))
        {
            #expect(abs(gaussian - squared - 1.5 * Glibc.log(Double.pi)) < 1e-6)
        }
    }
}
