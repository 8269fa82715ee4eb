import Randomness
import Tensors

/// Numbers with the prior N(0, 1) and a normal posterior, q(z|x) = N(μ(x), diag σ²(x)).
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
struct GaussianLatents: LatentFamily {
    let count: Int
    let areReparameterised = true

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        let mean = scope.head("mean", .linear(units: count), features)
        let logVariance = scope.head("log_variance", .linear(units: count), features)
        return DiagonalGaussian(mean: mean, logVariance: logVariance)
    }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? { scope.noise(.normal, [rows, count]) }

    func draw(_ stream: RandomStream) -> [Float] { (0..<count).map { Float(stream.normal($0)) } }
}
