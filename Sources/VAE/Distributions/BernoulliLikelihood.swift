import Tensors

/// p(x|z) for binary pixels: each is 1 with probability sigmoid(logit), independently of the others.
///
/// With grey pixels in between it is no likelihood, but a cross-entropy.
public struct BernoulliLikelihood: Sendable {
    /// The decoder's result, (B, …): ln p/(1 − p) of each pixel.
    public let logits: Tensor

    public init(logits: Tensor) { self.logits = logits }

    /// The probability that each pixel is 1, its mean.
    public var mean: Tensor { sigmoid(logits) }

    /// −ln p(x|z) = Σ softplus(logit) − x · logit for each example, (B), in nats.
    ///
    /// This is −Σ x ln p + (1 − x) ln(1 − p) rearranged so that nothing overflows and no logarithm meets a zero.
    public func negativeLogLikelihood(of x: Tensor) -> Tensor {
        (softplus(logits) - x * logits).sumOfEachExample()
    }
}
