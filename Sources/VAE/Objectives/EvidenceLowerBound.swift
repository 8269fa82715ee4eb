import Settings
import Tensors

/// −ELBO = −E_q[ln p(x|z)] + KL(q(z|x) ‖ p(z)), the expectation as the mean of L samples through which gradients flow.
///
/// With a code that nothing draws there is no divergence, and this is an autoencoder.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, equation 10.
public struct EvidenceLowerBound: ObjectiveFormula, Hashable, Codable {
    /// L
    public var samples: Int

    public init(samples: Int = 1) { self.samples = samples }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let q = scope.posterior(of: x)
        let z = q.repeated(samples).sample(in: &scope)
        let reconstruction = -scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples)).meanOverSamples(samples)
        let divergence = q.divergence(at: z, samples: samples)
        let penalty = scope.settings.divergence.penalty(divergence, of: q, in: &scope)
        return Loss(
            scope.settings.reconstructionWeight * reconstruction + penalty,
            reconstruction: reconstruction, divergence: divergence)
    }

    var takesPenalty: Bool { true }

    func problem(with latents: Latents) -> String? {
        latents.family.areReparameterised
            ? nil : "needs latents that gradients flow through; for these use `score_function` or `relaxed`"
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case samples }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        samples = try container.decodeIfPresent(Int.self, forKey: .samples) ?? 1
    }
}

extension Tensor {
    /// (B · K) to (B): the mean over an example's samples.
    func meanOverSamples(_ count: Int) -> Tensor { count == 1 ? self : bySample(count).mean(axes: [1]) }

    /// (B · K) to (B, K).
    func bySample(_ count: Int) -> Tensor { reshaped(to: [shape[0] / count, count]) }
}

extension EvidenceLowerBound.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .samples: Setting("Samples of the latents for each image.", .wholeNumber(1...1024), default: "1")
        }
    }
}
