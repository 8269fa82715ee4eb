import Randomness
import Settings
import Tensors

/// What z is: the prior p(z) and the family of the posterior q(z|x).
///
/// Written `latents: 128` for the usual ones, a normal distribution each, or `latents: {bernoulli: 200}` and so on.
public enum Latents: Hashable, Sendable {
    /// Numbers with the prior N(0, 1) and a normal posterior.
    case gaussian(Int)
    /// Bits with the prior ½.
    case bernoulli(Int)
    /// Variables that take one of some classes, equally likely before x is seen; each is a one-hot vector.
    case categorical(Categories)
    /// Numbers that the encoder gives and nothing draws: the code of an autoencoder, which has no prior.
    case deterministic(Int)

    /// How many variables there are, and how many classes each has.
    public struct Categories: Hashable, Sendable, Codable {
        public var variables: Int
        public var classes: Int

        public init(variables: Int, classes: Int) {
            self.variables = variables
            self.classes = classes
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case variables, classes }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            variables = try container.decode(Int.self, forKey: .variables)
            classes = try container.decode(Int.self, forKey: .classes)
        }
    }

    /// Z, how many numbers z has.
    public var count: Int {
        switch self {
        case .gaussian(let count), .bernoulli(let count), .deterministic(let count): count
        case .categorical(let categories): categories.variables * categories.classes
        }
    }

    /// Whether gradients flow through a sample to what it was drawn from.
    var areReparameterised: Bool {
        switch self {
        case .gaussian, .deterministic: true
        case .bernoulli, .categorical: false
        }
    }

    /// The encoder's last layers.
    var heads: [PosteriorHead] {
        switch self {
        case .gaussian(let count): ["mean", "log_variance"].map { PosteriorHead(name: $0, units: count) }
        case .bernoulli, .categorical: [PosteriorHead(name: "logits", units: count)]
        case .deterministic(let count): [PosteriorHead(name: "code", units: count)]
        }
    }

    /// q(z|x) of what the heads gave, (B, units) each.
    func posterior(_ heads: [Tensor]) -> any LatentDistribution {
        switch self {
        case .gaussian: DiagonalGaussian(mean: heads[0], logVariance: heads[1])
        case .bernoulli: Bernoulli(logits: heads[0])
        case .categorical(let categories): Categorical(logits: heads[0], classes: categories.classes)
        case .deterministic: Delta(value: heads[0])
        }
    }

    /// A draw from the prior, Z numbers, on the host: a function of the stream alone. A code without a prior is drawn from N(0, 1), which
    /// is where nothing says otherwise.
    public func draw(_ stream: RandomStream) -> [Float] {
        switch self {
        case .gaussian(let count), .deterministic(let count):
            return (0..<count).map { Float(stream.normal($0)) }
        case .bernoulli(let count):
            return (0..<count).map { stream.uniform($0) < 0.5 ? 1 : 0 }
        case .categorical(let categories):
            return (0..<categories.variables).flatMap { variable -> [Float] in
                let chosen = Int(stream.uniform(variable) * Double(categories.classes))
                return (0..<categories.classes).map { $0 == chosen ? 1 : 0 }
            }
        }
    }
}

extension Latents: Codable {
    enum Family: String, CodingKey, CaseIterable { case gaussian, bernoulli, categorical, deterministic }

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
        case .categorical: self = .categorical(try choice.settings(Categories.self))
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
        case .categorical(let categories): try container.encode(categories, forKey: .categorical)
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
        case .gaussian: Setting("So many numbers with the prior N(0, 1).", .wholeNumber(1...Limits.setting))
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
        }
    }
}

extension Latents.Categories.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .variables: Setting("How many variables there are.", .wholeNumber(1...Limits.setting))
        case .classes: Setting("How many classes each has.", .wholeNumber(2...Limits.setting))
        }
    }
}
