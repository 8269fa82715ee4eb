import Settings
import Tensors

/// What training makes small: the negative evidence lower bound (ELBO) or another bound, with a weight on each of its terms.
///
/// For a latent z with prior p(z), a decoder p(x|z) and an encoder q(z|x),
///
///     ln p(x) ≥ ELBO(x) = E_q[ln p(x|z)] − KL(q(z|x) ‖ p(z)),
///
/// with equality where q(z|x) is the true posterior: making −ELBO small fits the decoder to the data and the encoder to the
/// decoder at once. Its two terms, both in nats and summed over dimensions, are
///
///     reconstruction = −E_q[ln p(x|z)], estimated from samples of z,
///     divergence     =  KL(q(z|x) ‖ p(z)), in closed form,
///
/// and training follows the gradient of α · reconstruction + β · divergence. α = β = 1 is the ELBO. β belongs to a schedule and
/// so is given to each step (β-VAE: Higgins et al., ICLR 2017).
public struct Objective: Hashable, Sendable, Codable {
    public var likelihood: Likelihood
    /// α
    public var reconstructionWeight: Float
    /// How the divergence counts.
    public var divergence: DivergencePenalty
    /// Which bound, and how its gradient is estimated.
    public var estimator: Estimator

    public init(
        likelihood: Likelihood, reconstructionWeight: Float = 1, divergence: DivergencePenalty = .weighted,
        estimator: Estimator = .evidenceLowerBound(.init())
    ) {
        self.likelihood = likelihood
        self.reconstructionWeight = reconstructionWeight
        self.divergence = divergence
        self.estimator = estimator
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case likelihood
        case reconstructionWeight = "reconstruction_weight"
        case divergence
        case estimator
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        likelihood = try container.decode(Likelihood.self, forKey: .likelihood)
        reconstructionWeight = try container.decodeIfPresent(Float.self, forKey: .reconstructionWeight) ?? 1
        divergence = try container.decodeIfPresent(DivergencePenalty.self, forKey: .divergence) ?? .weighted
        estimator = try container.decodeIfPresent(Estimator.self, forKey: .estimator) ?? .evidenceLowerBound(.init())
    }

    /// The usual penalty and estimator are left out, as they always were.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(likelihood, forKey: .likelihood)
        try container.encode(reconstructionWeight, forKey: .reconstructionWeight)
        if divergence != .weighted { try container.encode(divergence, forKey: .divergence) }
        if estimator != .evidenceLowerBound(.init()) { try container.encode(estimator, forKey: .estimator) }
    }
}

extension Objective.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .likelihood:
            Setting(
                "What the decoder's result says about pixels.", Likelihood.kind,
                otherNames: ["loss", "loss_fn", "recon_loss", "reconstruction_loss", "criterion"])
        case .reconstructionWeight:
            Setting(
                "How much the reconstruction's part of the loss counts.", .number(.zeroOrMore), default: "1",
                otherNames: ["recon_weight", "recons_weight", "reconstruction_term_weight", "alpha"])
        case .divergence:
            Setting(
                "How the divergence of the posterior from the prior counts.", DivergencePenalty.kind,
                default: "weighted")
        case .estimator:
            Setting(
                "Which bound is made small, and how its gradient is estimated.", Estimator.kind,
                default: "evidence_lower_bound with one sample")
        }
    }
}
