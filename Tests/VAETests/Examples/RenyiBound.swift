import Settings
import Tensors

@testable import VAE

/// The Rényi bound: −1/(1 − α) · ln 1/K Σₖ wₖ^(1 − α) with wₖ = p(x, zₖ) / q(zₖ|x). α = 0 is the importance-weighted bound, and α towards 1 the ELBO.
///
/// Source: Li and Turner, "Rényi divergence variational inference", NeurIPS 2016, equation 14.
struct RenyiBound: ObjectiveFormula, Hashable, Codable {
    /// K
    var samples: Int
    /// α
    var alpha: Float

    init(samples: Int = 5, alpha: Float = 0.5) {
        self.samples = samples
        self.alpha = alpha
    }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let posterior = scope.posterior(of: x)
        let q = posterior.repeated(samples)
        let z = q.sample(in: &scope)
        let logLikelihood = scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
        let logWeights = (logLikelihood + q.priorLogDensity(of: z) - q.logDensity(of: z)).bySample(samples)
        let logMean = ((1 - alpha) * logWeights).logSumExp(axis: 1) - log(.constant(Float(samples)))
        let negative = -logMean / (1 - alpha)
        return Loss(
            negative, reconstruction: -logLikelihood.meanOverSamples(samples),
            divergence: posterior.divergence(at: z, samples: samples), metrics: [("bound", negative)])
    }

    func problem(with latents: Latents) -> String? {
        if !(0..<1).contains(alpha) { return "takes an alpha from 0 to below 1, not \(alpha)" }
        return latents.family.areReparameterised ? nil : "needs latents that gradients flow through"
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case samples, alpha }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        samples = try container.decodeIfPresent(Int.self, forKey: .samples) ?? 5
        alpha = try container.decodeIfPresent(Float.self, forKey: .alpha) ?? 0.5
    }
}

extension RenyiBound.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .samples: Setting("Samples of the latents for each image.", .wholeNumber(1...1024), default: "5")
        case .alpha: Setting("The order of the divergence.", .number(.belowOne), default: "0.5")
        }
    }
}
