import Tensors

/// The family of p(x|z): what the decoder's result says about pixels.
///
/// Written `bernoulli`, `squared_error` or `gaussian: {variance: 0.01}`.
public enum Likelihood: Hashable, Sendable {
    /// The decoder gives logits.
    case bernoulli
    /// The decoder gives means; the variance is fixed.
    case gaussian(variance: Float)
    /// The decoder gives means.
    case squaredError

    /// −ln p(x|z) for each example, (B), of pixels x (B, C, H, W) under the decoder's result.
    func negativeLogLikelihood(of x: Tensor, decoded: Tensor) -> Tensor {
        switch self {
        case .bernoulli: BernoulliLikelihood(logits: decoded).negativeLogLikelihood(of: x)
        case .gaussian(let variance):
            GaussianLikelihood(mean: decoded, variance: .constant(variance)).negativeLogLikelihood(of: x)
        case .squaredError: SquaredErrorLikelihood(mean: decoded).negativeLogLikelihood(of: x)
        }
    }

    /// The mean of the pixels, what a picture shows.
    func mean(decoded: Tensor) -> Tensor {
        switch self {
        case .bernoulli: BernoulliLikelihood(logits: decoded).mean
        case .gaussian, .squaredError: decoded
        }
    }
}

extension Likelihood: Codable {
    private enum Names: String, CodingKey, CaseIterable {
        case bernoulli, gaussian
        case squaredError = "squared_error"
    }

    private struct GaussianSettings: Codable {
        var variance: Float

        init(variance: Float) { self.variance = variance }

        enum CodingKeys: String, CodingKey, CaseIterable { case variance }

        init(from decoder: any Decoder) throws {
            variance = try decoder.strictContainer(keyedBy: CodingKeys.self).decode(Float.self, forKey: .variance)
        }
    }

    public init(from decoder: any Decoder) throws {
        let choice = try decoder.choice(of: Names.self)
        switch choice.name {
        case .bernoulli, .squaredError:
            try choice.expectWord()
            self = choice.name == .bernoulli ? .bernoulli : .squaredError
        case .gaussian: self = .gaussian(variance: try choice.settings(GaussianSettings.self).variance)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .bernoulli: try encoder.encodeWord(Names.bernoulli)
        case .squaredError: try encoder.encodeWord(Names.squaredError)
        case .gaussian(let variance):
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(GaussianSettings(variance: variance), forKey: .gaussian)
        }
    }
}
