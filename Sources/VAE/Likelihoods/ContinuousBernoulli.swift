import Tensors

/// p(x|z) for grey pixels in [0, 1]: p(x) = C(λ) λˣ (1 − λ)¹⁻ˣ with λ = sigmoid(logit), a density where Bernoulli's is none.
///
/// With a = |logit|, C = a / tanh(a/2), and 2 at a = 0. Below a = ½ the power series of ln C and of the mean are used, whose errors stay
/// below 10⁻⁷; the formulas lose all digits there.
///
/// Source: Loaiza-Ganem and Cunningham, "The continuous Bernoulli: fixing a pervasive error in variational autoencoders", NeurIPS 2019.
public struct ContinuousBernoulli: Distribution {
    /// ln λ/(1 − λ) of each pixel, (R, …).
    public let logits: Tensor

    public init(logits: Tensor) { self.logits = logits }

    /// ln p(x) = Σ ln C + x · logit − softplus(logit).
    public func logDensity(of x: Tensor) -> Tensor {
        (logNormalizer + x * logits - softplus(logits)).sumOfEachExample()
    }

    /// E[x] = λ / tanh(logit/2)… written without the singularity: 1/(1 − e⁻ˡ) − 1/l, with ½ + l/12 − l³/720 + l⁵/30240 near 0.
    public var mean: Tensor {
        let (isFar, l) = (isFar, awayFromZero)
        let near = logits * (1 - isFar)
        let square = near * near
        let series = 0.5 + near * (1 / 12 - square * (1 / 720 - square / 30240))
        return select(isFar, 0.5 + 0.5 / Tensors.tanh(0.5 * l) - 1 / l, series)
    }

    /// The end of [0, 1] at which the density is greater.
    public var mostProbable: Tensor { step(logits) }

    /// The inverse of the distribution function at uniform noise u: ln(1 + u (eˡ − 1)) / l, and u itself near l = 0.
    public func sample(in scope: inout Scope) -> Tensor {
        let u = scope.noise(.uniform, logits.shape)
        let (isFar, l) = (isFar, awayFromZero)
        // For l > 0 as l + ln(u + (1 − u) e⁻ˡ), so that nothing overflows.
        let up = step(l)
        let decay = exp(-abs(l))
        let rising = l + log(u + (1 - u) * decay)
        let falling = log(1 - u + u * decay)
        return select(isFar, select(up, rising, falling) / l, u)
    }

    /// ln C
    private var logNormalizer: Tensor {
        let (isFar, a) = (isFar, abs(awayFromZero))
        let near = logits * (1 - isFar)
        let square = near * near
        let series = 0.693_147_2 + square * (1 / 12 - square * (7 / 1440 - square * (31 / 90720)))
        return select(isFar, log(a) - log(Tensors.tanh(0.5 * a)), series)
    }

    private var isFar: Tensor { step(abs(logits) - 0.5) }

    /// The logits, and 1 where they are near 0, so that what is not chosen is finite.
    private var awayFromZero: Tensor { select(isFar, logits, .constant(1, logits.shape)) }
}
