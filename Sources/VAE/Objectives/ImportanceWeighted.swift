import Settings
import Tensors

/// −ln (1/K) Σₖ wₖ with wₖ = p(x, zₖ) / q(zₖ|x): a tighter bound the larger K is, and the ELBO for K = 1.
///
/// Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, equation 8.
public struct ImportanceWeighted: ObjectiveFormula, Hashable, Codable {
    /// How the encoder's gradient is estimated.
    public enum Gradient: String, Hashable, Sendable, Codable, CaseIterable {
        /// By differentiating the bound.
        case reparameterized
        /// DReG: Σₖ w̃ₖ² ∇ ln wₖ through zₖ alone, with w̃ the weights divided by their sum. Without bias, and with less variance for
        /// large K.
        ///
        /// Source: Tucker, Lawson, Gu, Maddison, "Doubly reparameterized gradient estimators", ICLR 2019, equation 8.
        case doublyReparameterized = "doubly_reparameterized"
    }

    /// K
    public var samples: Int
    public var gradient: Gradient

    public init(samples: Int = 5, gradient: Gradient = .reparameterized) {
        self.samples = samples
        self.gradient = gradient
    }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let posterior = scope.posterior(of: x)
        let q = posterior.repeated(samples)
        let z = q.sample(in: &scope)
        let logLikelihood = scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
        func bound(_ q: any LatentDistribution) -> (logWeights: Tensor, negative: Tensor) {
            let logWeights = (logLikelihood + q.priorLogDensity(of: z) - q.logDensity(of: z)).bySample(samples)
            return (logWeights, log(.constant(Float(samples))) - logWeights.logSumExp(axis: 1))
        }
        let (logWeights, negative) = bound(q)
        let reconstruction = -logLikelihood.meanOverSamples(samples)
        return Loss(
            terms(negative, logWeights) { bound(q.withoutGradient()).logWeights }, reconstruction: reconstruction,
            divergence: posterior.divergence(at: z, samples: samples), metrics: [("bound", negative)])
    }

    /// The decoder follows the bound's own gradient. So does the encoder, or DReG's.
    private func terms(
        _ negative: Tensor, _ logWeights: Tensor, throughSamplesAlone: () -> Tensor
    ) -> [Loss.Term] {
        guard gradient == .doublyReparameterized else { return [Loss.Term(loss: negative) { _ in true }] }
        let normalised = logWeights.softmax(axis: 1).withoutGradient()
        let encoderLoss = -(square(normalised) * throughSamplesAlone()).sum(axes: [1])
        return [
            Loss.Term(loss: negative) { !$0.hasPrefix("encoder/") },
            Loss.Term(loss: encoderLoss) { $0.hasPrefix("encoder/") },
        ]
    }

    func problem(with latents: Latents) -> String? {
        switch latents {
        case .gaussian, .spatial: nil
        case .bernoulli, .categorical, .deterministic, .beliefNetwork, .stochasticLayers:
            "needs normal latents: write `latents` as a number"
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case samples, gradient }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        samples = try container.decodeIfPresent(Int.self, forKey: .samples) ?? 5
        gradient = try container.decodeIfPresent(Gradient.self, forKey: .gradient) ?? .reparameterized
    }
}

extension ImportanceWeighted.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .samples:
            Setting("K, the samples for each image.", .wholeNumber(1...1024), default: "5", otherNames: ["k"])
        case .gradient:
            Setting(
                "How the encoder's gradient is estimated: by differentiating the bound, or by DReG.",
                .word(ImportanceWeighted.Gradient.allCases.map(\.rawValue)), default: "reparameterized")
        }
    }
}
