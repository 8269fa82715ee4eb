import Settings
import Tensors

/// The family of p(x|z): what the decoder's result says about pixels.
public enum Likelihood: Hashable, Sendable {
    /// Black and white pixels; the decoder gives logits.
    case bernoulli
    /// Grey pixels in [0, 1]; the decoder gives logits.
    case continuousBernoulli
    /// The decoder gives means, and the variance is as said.
    case gaussian(variance: PixelVariance)
    /// The decoder gives means.
    case squaredError
    /// Bytes; the decoder gives locations and logarithms of scales.
    case discretizedLogistic
    /// Bytes; the decoder gives 256 logits for each.
    case categorical

    /// How many numbers the decoder gives for each pixel of each channel.
    var planes: Int {
        switch self {
        case .bernoulli, .continuousBernoulli, .squaredError: 1
        case .gaussian(let variance): variance.planes
        case .discretizedLogistic: 2
        case .categorical: CategoricalPixels.levels
        }
    }

    /// Whether it gives probabilities of single values, black and white or bytes, and no density between them.
    var isOfSingleValues: Bool {
        switch self {
        case .bernoulli, .categorical, .discretizedLogistic: true
        case .continuousBernoulli, .gaussian, .squaredError: false
        }
    }

    /// p(x|z) of the decoder's result (R, planes · C, H, W).
    func distribution(_ decoded: Tensor, in scope: inout Scope) -> any Distribution {
        switch self {
        case .bernoulli: Bernoulli(logits: decoded)
        case .continuousBernoulli: ContinuousBernoulli(logits: decoded)
        case .gaussian(let variance): variance.distribution(decoded, in: &scope)
        case .squaredError: SquaredErrorPixels(mean: decoded)
        case .discretizedLogistic: DiscretizedLogistic(decoded)
        case .categorical: CategoricalPixels(decoded)
        }
    }
}

extension Likelihood: Codable {
    enum Names: String, CodingKey, CaseIterable {
        case bernoulli, gaussian, categorical
        case continuousBernoulli = "continuous_bernoulli"
        case squaredError = "squared_error"
        case discretizedLogistic = "discretized_logistic"
    }

    struct GaussianSettings: Codable {
        var variance: PixelVariance

        init(variance: PixelVariance) { self.variance = variance }

        enum CodingKeys: String, CodingKey, CaseIterable { case variance }

        init(from decoder: any Decoder) throws {
            variance = try decoder.strictContainer(keyedBy: CodingKeys.self)
                .decode(PixelVariance.self, forKey: .variance)
        }
    }

    public init(from decoder: any Decoder) throws {
        let choice = try decoder.choice(of: Names.self)
        if choice.name == .gaussian {
            self = .gaussian(variance: try choice.settings(GaussianSettings.self).variance)
            return
        }
        try choice.expectWord()
        switch choice.name {
        case .bernoulli: self = .bernoulli
        case .continuousBernoulli: self = .continuousBernoulli
        case .squaredError: self = .squaredError
        case .discretizedLogistic: self = .discretizedLogistic
        case .categorical: self = .categorical
        case .gaussian: preconditionFailure("read above")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .bernoulli: try encoder.encodeWord(Names.bernoulli)
        case .continuousBernoulli: try encoder.encodeWord(Names.continuousBernoulli)
        case .squaredError: try encoder.encodeWord(Names.squaredError)
        case .discretizedLogistic: try encoder.encodeWord(Names.discretizedLogistic)
        case .categorical: try encoder.encodeWord(Names.categorical)
        case .gaussian(let variance):
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(GaussianSettings(variance: variance), forKey: .gaussian)
        }
    }
}

extension Likelihood {
    /// A likelihood, as settings describe it.
    static var kind: SettingKind { .choice(SettingChoice(of: "likelihood", Names.self, takesWords: true)) }
}

extension Likelihood.Names: DescribedKey {
    var setting: Setting {
        switch self {
        case .bernoulli:
            Setting(
                "Pixels are black or white; the decoder gives logits.", .nothing,
                otherNames: ["bce", "binary_cross_entropy"])
        case .gaussian:
            Setting(
                "Pixels are normal about the decoder's result.",
                .group(Likelihood.GaussianSettings.CodingKeys.self), otherNames: ["normal"])
        case .categorical:
            Setting(
                "Pixels are bytes; the decoder gives 256 logits for each of a channel, then those of the next.",
                .nothing,
                otherNames: ["softmax", "cross_entropy"])
        case .continuousBernoulli:
            Setting("Pixels are grey, from 0 to 1; the decoder gives logits.", .nothing, otherNames: ["cb"])
        case .squaredError:
            Setting(
                "The sum of squared differences between pixels and the decoder's result.", .nothing,
                otherNames: ["mse", "mse_loss", "l2"])
        case .discretizedLogistic:
            Setting(
                "Pixels are bytes; the decoder gives a location for each, then the logarithm of a scale for each.",
                .nothing,
                otherNames: ["discretised_logistic", "logistic"])
        }
    }
}

extension Likelihood.GaussianSettings.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .variance:
            Setting(
                "The variance of a pixel, whose values go from 0 to 1: a number; one that is learned, for all pixels (`shared`) or "
                    + "for each, given by the decoder after all means (`per_pixel`); or the mean squared error (`optimal`).",
                PixelVariance.kind, otherNames: ["sigma2"])
        }
    }
}
