import Settings
import Tensors

/// How the divergence of the posterior from the prior counts in the loss.
///
/// Written `divergence: weighted` (the default), `divergence: capacity` or `divergence: {free_bits: 0.1}`. The last two are of the microbatch:
/// they look at its mean divergence, as batch normalisation looks at its mean values, and so depend on its size.
public enum DivergencePenalty: Hashable, Sendable {
    /// β · KL
    case weighted
    /// β · |KL − C| of the mean over the microbatch, with a capacity C in nats that a schedule raises: the posterior is held to so many nats.
    ///
    /// Source: Burgess et al., "Understanding disentangling in β-VAE", 2018, equation 8.
    case capacity
    /// β · Σⱼ max(λ, KLⱼ) of each latent's mean over the microbatch: below λ nats nothing presses a latent any closer to the prior.
    ///
    /// Source: Kingma et al., "Improved variational inference with inverse autoregressive flow", NeurIPS 2016, equation 15.
    case freeBits(Float)

    /// What is added to each example's loss, (B), so that the sum over the microbatch is B times the penalty.
    ///
    /// - Parameter divergence: KL(q ‖ p) for each example, (B).
    func penalty(_ divergence: Tensor, of q: any LatentDistribution, in scope: inout Scope) -> Tensor {
        let beta = scope.scheduled(.divergenceWeight)
        switch self {
        case .weighted: return beta * divergence
        case .capacity:
            let distance = abs(divergence.mean() - scope.scheduled(.capacity))
            return (beta * distance).broadcast(to: divergence.shape)
        case .freeBits(let least):
            guard let byDimension = q.divergenceByDimension else {
                preconditionFailure("such latents were refused before")
            }
            // A variable of several classes has one divergence.
            let byVariable = byDimension.shape.rank == 3 ? byDimension.sum(axes: [2]) : byDimension
            let means = byVariable.mean(axes: [0])
            return (beta * maximum(means, .constant(least, means.shape)).sum()).broadcast(to: divergence.shape)
        }
    }
}

extension DivergencePenalty: Codable {
    enum Names: String, CodingKey, CaseIterable {
        case weighted, capacity
        case freeBits = "free_bits"
    }

    public init(from decoder: any Decoder) throws {
        let choice = try decoder.choice(of: Names.self)
        if choice.name == .freeBits {
            self = .freeBits(try choice.settings(Float.self))
            return
        }
        try choice.expectWord()
        self = choice.name == .capacity ? .capacity : .weighted
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .weighted: try encoder.encodeWord(Names.weighted)
        case .capacity: try encoder.encodeWord(Names.capacity)
        case .freeBits(let least):
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(least, forKey: .freeBits)
        }
    }

    /// A penalty, as settings describe it.
    static var kind: SettingKind { .choice(SettingChoice(of: "divergence", Names.self, takesWords: true)) }
}

extension DivergencePenalty.Names: DescribedKey {
    var setting: Setting {
        switch self {
        case .weighted: Setting("The divergence times divergence_weight.", .nothing, otherNames: ["beta"])
        case .capacity:
            Setting(
                "The distance of the microbatch's mean divergence from a capacity, which `capacity` gives.", .nothing)
        case .freeBits:
            Setting(
                "So many nats of each latent's divergence cost nothing more than they cost at the prior.",
                .number(.aboveZero), unit: "nats", otherNames: ["lambda", "kl_floor"])
        }
    }
}
