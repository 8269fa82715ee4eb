import Tensors

/// A normal distribution with a mean and a variance for each dimension and no correlations: the approximate posterior
/// q(z|x) = N(mean, diag(exp(logVariance))).
///
/// An encoder gives the logarithm of the variance because any real number is one, and no variance comes out negative.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct DiagonalGaussian: Sendable {
    /// (B, Z)
    public let mean: Tensor
    /// (B, Z)
    public let logVariance: Tensor

    public init(mean: Tensor, logVariance: Tensor) {
        precondition(mean.shape == logVariance.shape, "mean \(mean.shape) and log variance \(logVariance.shape)")
        self.mean = mean
        self.logVariance = logVariance
    }

    /// The reparameterised sample z = mean + exp(logVariance / 2) · noise, with standard normal noise (B, Z).
    ///
    /// The randomness is apart from the parameters, so gradients flow through the sample to both (section 2.4).
    public func sample(_ noise: Tensor) -> Tensor {
        mean + exp(0.5 * logVariance) * noise
    }

    /// KL(q ‖ N(0, 1)) = ½ Σ (exp(logVariance) + mean² − 1 − logVariance) for each example, (B), in nats (appendix B).
    public var divergenceFromStandardNormal: Tensor {
        0.5 * (exp(logVariance) + square(mean) - 1 - logVariance).sum(axes: [1])
    }
}
