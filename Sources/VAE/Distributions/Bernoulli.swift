import Tensors

/// Bits, each 1 with probability sigmoid(logit), independently of the others: black and white pixels, or binary latents with the prior ½.
///
/// Of grey pixels in between, its log density is no density but a cross-entropy.
public struct Bernoulli: LatentDistribution {
    /// ln p/(1 − p) of each bit, (R, …).
    public let logits: Tensor

    public init(logits: Tensor) { self.logits = logits }

    /// The probability that each is 1.
    public var mean: Tensor { sigmoid(logits) }

    public var mostProbable: Tensor { step(logits) }

    /// 1 where uniform noise lies below the probability. No gradient flows through it.
    public func sample(in scope: inout Scope) -> Tensor {
        step(mean.withoutGradient() - scope.noise(.uniform, logits.shape))
    }

    /// ln p(x) = −Σ softplus(logit) − x · logit.
    ///
    /// This is Σ x ln p + (1 − x) ln(1 − p) rearranged so that nothing overflows and no logarithm meets a zero.
    public func logDensity(of x: Tensor) -> Tensor {
        -(softplus(logits) - x * logits).sumOfEachExample()
    }

    /// KL(q ‖ ½) = p · logit − softplus(logit) + ln 2, since p ln p + (1 − p) ln(1 − p) is the first two.
    public var divergenceByDimension: Tensor? { mean * logits - softplus(logits) + logTwo }

    /// ln p(z) = −Z ln 2, whatever z is.
    public func priorLogDensity(of z: Tensor) -> Tensor {
        .constant(-logTwo * Float(z.shape.count / z.shape[0]), [z.shape[0]])
    }

    public func repeated(_ count: Int) -> Bernoulli { Bernoulli(logits: logits.repeatedRows(count)) }

    public func withoutGradient() -> Bernoulli { Bernoulli(logits: logits.withoutGradient()) }

    public var description: [(name: String, tensor: Tensor)] { [("mean", mean)] }
}

/// ln 2
private let logTwo: Float = 0.693_147_2
