import Tensors

/// A normal distribution with a mean and a variance for each dimension and no correlations, N(mean, diag(exp(logVariance))).
///
/// A network gives the logarithm of the variance because any real number is one, and no variance comes out negative.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct DiagonalGaussian: LatentDistribution {
    /// (R, …)
    public let mean: Tensor
    /// (R, …)
    public let logVariance: Tensor

    public init(mean: Tensor, logVariance: Tensor) {
        precondition(mean.shape == logVariance.shape, "mean \(mean.shape) and log variance \(logVariance.shape)")
        self.mean = mean
        self.logVariance = logVariance
    }

    public var mostProbable: Tensor { mean }

    /// The reparameterised sample z = mean + exp(logVariance / 2) · noise, with standard normal noise.
    ///
    /// The randomness is apart from the parameters, so gradients flow through the sample to both (section 2.4).
    public func sample(in scope: inout Scope) -> Tensor { sample(scope.noise(.normal, mean.shape)) }

    func sample(_ noise: Tensor) -> Tensor { mean + exp(0.5 * logVariance) * noise }

    /// ln N(x) = −½ Σ (x − mean)² / exp(logVariance) + logVariance + ln 2π.
    public func logDensity(of x: Tensor) -> Tensor {
        -0.5 * (square(x - mean) * exp(-logVariance) + logVariance + logTwoPi).sumOfEachExample()
    }

    /// KL(q ‖ N(0, 1)) = ½ Σ exp(logVariance) + mean² − 1 − logVariance (appendix B).
    public var divergenceFromPrior: Tensor? { 0.5 * twiceTheDivergence.sumOfEachExample() }

    public var divergenceByDimension: Tensor? { 0.5 * twiceTheDivergence }

    private var twiceTheDivergence: Tensor { exp(logVariance) + square(mean) - 1 - logVariance }

    /// ln N(z; 0, 1) = −½ Σ z² + ln 2π.
    public func priorLogDensity(of z: Tensor) -> Tensor { -0.5 * (square(z) + logTwoPi).sumOfEachExample() }

    public func repeated(_ count: Int) -> DiagonalGaussian {
        DiagonalGaussian(mean: mean.repeatedRows(count), logVariance: logVariance.repeatedRows(count))
    }

    public func withoutGradient() -> DiagonalGaussian {
        DiagonalGaussian(mean: mean.withoutGradient(), logVariance: logVariance.withoutGradient())
    }

    public var description: [(name: String, tensor: Tensor)] { [("mean", mean), ("log_variance", logVariance)] }
}

/// ln 2π
private let logTwoPi: Float = 1.837_877_1
