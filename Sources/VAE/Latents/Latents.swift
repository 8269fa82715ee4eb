import Randomness
import Settings
import Tensors

/// What z is: the prior p(z) and the family of the posterior q(z|x).
///
/// Written `latents: 128` for the usual ones, a normal distribution each, or `latents: {bernoulli: 200}` and so on.
public enum Latents: Hashable, Sendable {
    /// Numbers with the prior N(0, 1) and a normal posterior.
    case gaussian(Int)
    /// The same, as channels of a small image.
    case spatial(SpatialLatents)
    /// Bits with the prior ½.
    case bernoulli(Int)
    /// Variables that take one of some classes, equally likely before x is seen; each is a one-hot vector.
    case categorical(Categories)
    /// Numbers that the encoder gives and nothing draws: the code of an autoencoder, which has no prior.
    case deterministic(Int)
    /// Layers of bits, of which each is the prior of the one before it.
    case beliefNetwork([Int])
    /// Layers of bits, each drawn from the one before it, whose prior they are themselves.
    case stochasticLayers([Int])

    /// What the family does.
    var family: any LatentFamily {
        switch self {
        case .gaussian(let count): GaussianLatents(count: count)
        case .spatial(let family): family
        case .bernoulli(let count): BernoulliLatents(count: count)
        case .categorical(let categories): categories
        case .deterministic(let count): DeterministicCode(count: count)
        case .beliefNetwork(let units): BeliefNetwork(units: units)
        case .stochasticLayers(let units): StochasticLayers(units: units)
        }
    }

    /// Z, how many numbers z has.
    public var count: Int { family.count }

    /// Whether z is made of numbers on a line, which a mixture of normal distributions can be fitted on.
    public var areContinuous: Bool { family.areReparameterised }

    /// How many variables z has; a categorical one is several numbers.
    public var variables: Int {
        if case .categorical(let categories) = self { categories.variables } else { count }
    }

    /// The family's name, as settings have it.
    public var name: String {
        switch self {
        case .gaussian: Family.gaussian.rawValue
        case .spatial: Family.spatial.rawValue
        case .bernoulli: Family.bernoulli.rawValue
        case .categorical: Family.categorical.rawValue
        case .deterministic: Family.deterministic.rawValue
        case .beliefNetwork: Family.beliefNetwork.rawValue
        case .stochasticLayers: Family.stochasticLayers.rawValue
        }
    }

    /// Whether there is a prior, apart from the posterior, that training pulls the posterior to.
    public var havePrior: Bool {
        switch self {
        case .gaussian, .spatial, .bernoulli, .categorical, .beliefNetwork: true
        case .deterministic, .stochasticLayers: false
        }
    }

    /// Whether the prior is N(0, 1) for each number, so that there is a deviation to scale.
    public var haveNormalPrior: Bool {
        switch self {
        case .gaussian, .spatial: true
        case .bernoulli, .categorical, .deterministic, .beliefNetwork, .stochasticLayers: false
        }
    }

    /// Whether KL(q ‖ p) has a closed form, and so a part for each variable.
    public var haveClosedDivergence: Bool { !family.hasLearnedPrior }

    /// Numbers drawn on the host, Z of them, of which the prior's z is made: a function of the stream alone.
    public func draw(_ stream: RandomStream) -> [Float] { family.draw(stream) }
}

extension Latents: Codable {
    enum Family: String, CodingKey, CaseIterable {
        case gaussian, spatial, bernoulli, categorical, deterministic
        case beliefNetwork = "belief_network"
        case stochasticLayers = "stochastic_layers"
    }

    public init(from decoder: any Decoder) throws {
        if let count = try? decoder.singleValueContainer().decode(Int.self) {
            self = .gaussian(count)
            return
        }
        let choice = try decoder.choice(of: Family.self)
        switch choice.name {
        case .gaussian: self = .gaussian(try choice.settings(Int.self))
        case .bernoulli: self = .bernoulli(try choice.settings(Int.self))
        case .deterministic: self = .deterministic(try choice.settings(Int.self))
        case .spatial: self = .spatial(try choice.settings())
        case .categorical: self = .categorical(try choice.settings())
        case .beliefNetwork: self = .beliefNetwork(try choice.settings())
        case .stochasticLayers: self = .stochasticLayers(try choice.settings())
        }
    }

    /// Normal latents are written as their bare number, as they always were.
    public func encode(to encoder: any Encoder) throws {
        if case .gaussian(let count) = self {
            var container = encoder.singleValueContainer()
            return try container.encode(count)
        }
        var container = encoder.container(keyedBy: Family.self)
        switch self {
        case .gaussian: break
        case .bernoulli(let count): try container.encode(count, forKey: .bernoulli)
        case .deterministic(let count): try container.encode(count, forKey: .deterministic)
        case .spatial(let family): try container.encode(family, forKey: .spatial)
        case .categorical(let categories): try container.encode(categories, forKey: .categorical)
        case .beliefNetwork(let units): try container.encode(units, forKey: .beliefNetwork)
        case .stochasticLayers(let units): try container.encode(units, forKey: .stochasticLayers)
        }
    }
}

extension Latents {
    /// Latents, as settings describe them.
    static var kind: SettingKind {
        .either(
            .wholeNumber(1...Limits.setting), .choice(SettingChoice(of: "latents", Family.self, takesWords: false)))
    }
}

extension Latents.Family: DescribedKey {
    var setting: Setting {
        switch self {
        case .gaussian:
            Setting(
                "So many numbers with the prior N(0, 1).", .wholeNumber(1...Limits.setting), otherNames: ["normal"])
        case .spatial:
            Setting(
                "Channels of a small image, of numbers with the prior N(0, 1); the encoder ends with an image of that height and width.",
                .group(SpatialLatents.CodingKeys.self), otherNames: ["feature_map", "conv_latent"])
        case .bernoulli:
            Setting("So many bits with the prior 1/2.", .wholeNumber(1...Limits.setting), otherNames: ["binary"])
        case .categorical:
            Setting(
                "Variables that take one of some classes, equally likely before an image is seen.",
                .group(Latents.Categories.CodingKeys.self), otherNames: ["discrete", "one_hot"])
        case .deterministic:
            Setting(
                "The code of an autoencoder: so many numbers that nothing draws.", .wholeNumber(1...Limits.setting),
                otherNames: ["autoencoder", "ae"])
        case .beliefNetwork:
            Setting(
                "Layers of so many bits each, nearest to the image first; each layer's probabilities are the next one's to give.",
                .list(.wholeNumber(1...Limits.setting), counts: 1...LayersOfBits.most), otherNames: ["sbn"])
        case .stochasticLayers:
            Setting(
                "Layers of so many bits each, every one drawn from the one before; the image that is predicted follows from the last.",
                .list(.wholeNumber(1...Limits.setting), counts: 1...LayersOfBits.most),
                otherNames: ["stochastic_feedforward"])
        }
    }
}
