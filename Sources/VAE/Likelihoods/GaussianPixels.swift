import Settings
import Tensors

/// p(x|z) for continuous pixels: independent normal distributions N(mean, variance).
public struct GaussianPixels: Distribution {
    /// The decoder's result, (R, …).
    public let mean: Tensor
    /// Of a shape that stretches to the mean's.
    public let variance: Tensor

    public init(mean: Tensor, variance: Tensor) {
        self.mean = mean
        self.variance = variance
    }

    /// ln p(x|z) = −½ Σ (x − mean)² / variance + ln(2π · variance).
    public func logDensity(of x: Tensor) -> Tensor {
        -(0.5 * (square(x - mean) / variance + log(2 * Float.pi * variance))).sumOfEachExample()
    }

    public var mostProbable: Tensor { mean }

    public func sample(in scope: inout Scope) -> Tensor { mean + sqrt(variance) * scope.noise(.normal, mean.shape) }
}

/// Where the variance of normal pixels comes from.
///
/// Written `gaussian: {variance: 0.01}`, or with one of the words `shared`, `per_pixel` and `optimal` in place of the number.
public enum PixelVariance: Hashable, Sendable {
    case fixed(Float)
    /// One number for all pixels and images, learned: its logarithm is a parameter.
    case shared
    /// The decoder gives the logarithm of each pixel's variance after all means.
    case perPixel
    /// σ*² = the mean squared error over the microbatch, which makes the density greatest; a trained model uses the running mean.
    ///
    /// Source: Rybkin, Daniilidis, Levine, "Simple and effective VAE training with calibrated decoders", ICML 2021, section 4.2.
    case optimal
}

extension PixelVariance {
    /// Variances are held above this, so that no precision explodes over pixels that never change: σ = 0.001 of the brightness, a
    /// quarter of the step between two bytes.
    private static let leastVariance: Float = 1e-6
    private static let leastLogVariance: Float = -13.815_511

    /// How many numbers the decoder gives for each pixel.
    var planes: Int { self == .perPixel ? 2 : 1 }

    /// p(x|z) of the decoder's result (R, planes · C, H, W).
    func distribution(_ decoded: Tensor, in scope: inout Scope) -> any Distribution {
        switch self {
        case .fixed(let variance): return GaussianPixels(mean: decoded, variance: .constant(variance))
        case .shared:
            let logVariance = scope.parameter("likelihood/log_variance", [], startingAt: 0)
            return GaussianPixels(mean: decoded, variance: exp(bounded(logVariance)))
        case .perPixel:
            let channels = decoded.shape[1] / 2
            let logVariance = decoded.slice(axis: 1, channels..<2 * channels)
            return GaussianPixels(mean: decoded.slice(axis: 1, 0..<channels), variance: exp(bounded(logVariance)))
        case .optimal:
            // In training the variance is that of the pixels judged, which the running mean follows.
            let error = scope.pixels.map { meanSquaredError($0, decoded) }
            let running = scope.statistic("likelihood/variance", startingAt: 1) { error! }
            return GaussianPixels(mean: decoded, variance: error ?? running)
        }
    }

    /// Over everything, and never 0. R may be a multiple of B.
    private func meanSquaredError(_ x: Tensor, _ mean: Tensor) -> Tensor {
        square(x.repeatedRows(mean.shape[0] / x.shape[0]) - mean).mean() + Self.leastVariance
    }

    private func bounded(_ logVariance: Tensor) -> Tensor {
        relu(logVariance - Self.leastLogVariance) + Self.leastLogVariance
    }
}

extension PixelVariance: Codable {
    private enum Word: String, Codable, CaseIterable {
        case shared
        case perPixel = "per_pixel"
        case optimal
    }

    /// A variance, as settings describe it.
    static var kind: SettingKind { .either(.number(.aboveZero), .word(Word.allCases.map(\.rawValue))) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            self = .fixed(try container.decode(Float.self))
            return
        }
        switch Word(rawValue: text) {
        case .shared: self = .shared
        case .perPixel: self = .perPixel
        case .optimal: self = .optimal
        case nil:
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a variance is a number, `shared`, `per_pixel` or `optimal`, not `\(text)`")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .fixed(let variance): try container.encode(variance)
        case .shared: try container.encode(Word.shared.rawValue)
        case .perPixel: try container.encode(Word.perPixel.rawValue)
        case .optimal: try container.encode(Word.optimal.rawValue)
        }
    }
}
