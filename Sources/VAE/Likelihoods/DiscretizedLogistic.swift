import Tensors

/// p(x|z) for bytes: the probability that a logistic distribution lies in the byte's interval, of 1/255 around x; the first and the last byte
/// have all that lies beyond.
///
/// With a and b the ends of the interval in units of the scale, σ(a) − σ(b) = σ(a) σ(−b) (1 − e^{−(a − b)}): no difference of nearly equal
/// numbers is taken, and all 256 probabilities sum to one.
///
/// Source: Salimans, Karpathy, Chen, Kingma, "PixelCNN++", ICLR 2017, section 2.1 (one component).
public struct DiscretizedLogistic: Distribution {
    /// In units of the brightness, (R, …).
    public let location: Tensor
    /// The logarithm of the scale, (R, …).
    public let logScale: Tensor

    /// The decoder's result (R, 2C, H, W): all locations, then the logarithms of the scales, held above −7 as in the source.
    init(_ decoded: Tensor) {
        let channels = decoded.shape[1] / 2
        location = decoded.slice(axis: 1, 0..<channels)
        logScale = relu(decoded.slice(axis: 1, channels..<2 * channels) + 7) - 7
    }

    public func logDensity(of x: Tensor) -> Tensor {
        let precision = exp(-logScale)
        let isFirst = 1 - step(x - Self.half)
        let isLast = step(x - (1 - Self.half))
        let below = softplus(-(x + Self.half - location) * precision)
        let above = softplus((x - Self.half - location) * precision)
        let between = Self.logOneMinusExp(of: precision * (1 / 255))
        return ((1 - isFirst - isLast) * between - (1 - isLast) * below - (1 - isFirst) * above).sumOfEachExample()
    }

    /// ln(1 − e⁻ᵈ) for d > 0: by its series below 0.01, where the difference would lose digits.
    private static func logOneMinusExp(of d: Tensor) -> Tensor {
        let isLarge = step(d - 0.01)
        let large = select(isLarge, d, .constant(1, d.shape))
        let small = select(isLarge, .constant(0.01, d.shape), d)
        return select(isLarge, log(1 - exp(-large)), log(small) - small * (0.5 - small / 24))
    }

    private static let half: Float = 0.5 / 255

    /// The mean of the distribution cut off at 0 and 1: ∫ σ((location − t) / scale) dt over [0, 1].
    public var mean: Tensor {
        let (scale, precision) = (exp(logScale), exp(-logScale))
        return scale * (softplus(location * precision) - softplus((location - 1) * precision))
    }

    public var mostProbable: Tensor { Self.cutOff(location) }

    public func sample(in scope: inout Scope) -> Tensor {
        let u = scope.noise(.uniform, location.shape)
        return Self.cutOff(location + exp(logScale) * (log(u) - log(1 - u)))
    }

    private static func cutOff(_ x: Tensor) -> Tensor { relu(x) - relu(x - 1) }
}
