import Settings
import Tensors

/// −ELBO with the gradient ∇φ = E_q[(f − b) ∇φ ln q(z|x)] of the encoder, for latents that no gradient flows through.
///
/// Here f = −ln p(x|z), the part of the ELBO that is not in closed form; the divergence is, and so is its gradient. b is a baseline: any
/// number that does not depend on z leaves the estimate without bias, and one near f takes variance away. (Where f of one example depends on
/// the others' z, by batch normalisation in the decoder or an `optimal` variance, there is a bias.)
///
/// Source: Mnih and Gregor, "Neural variational inference and learning in belief networks", ICML 2014, section 2.3.
public struct ScoreFunction: ObjectiveFormula, Hashable, Codable {
    /// What is taken off f.
    public enum Baseline: String, Hashable, Sendable, Codable, CaseIterable {
        case none
        /// The mean of f over all steps so far.
        case runningMean = "running_mean"
        /// The exponential moving average of f.
        case movingAverage = "moving_average"
        /// The mean over the example's other samples, of which there must be some.
        ///
        /// Source: Kool, van Hoof, Welling, "Buy 4 REINFORCE samples, get a baseline for free!", 2019.
        case leaveOneOut = "leave_one_out"
    }

    /// K
    public var samples: Int
    public var baseline: Baseline

    public init(samples: Int = 1, baseline: Baseline = .runningMean) {
        self.samples = samples
        self.baseline = baseline
    }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let posterior = scope.posterior(of: x)
        let q = posterior.repeated(samples)
        let z = q.sample(in: &scope).withoutGradient()
        let f = -scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
        let alpha = scope.settings.reconstructionWeight
        let surprise = surprise(f, "baseline", q, z, in: &scope)
        let reconstruction = f.meanOverSamples(samples)
        let divergence = posterior.divergence(at: z, samples: samples)
        let estimated = posterior.divergenceFromPrior == nil ? estimatedDivergence(q, z, in: &scope) : divergence
        let beta = scope.scheduled(.divergenceWeight)
        return Loss(
            alpha * (reconstruction + surprise) + beta * estimated,
            reconstruction: reconstruction, divergence: divergence)
    }

    /// What has the gradient E_q[(cost − b) ∇ ln q(z|x)], (B).
    private func surprise(
        _ cost: Tensor, _ baselineName: String, _ q: any LatentDistribution, _ z: Tensor, in scope: inout Scope
    ) -> Tensor {
        let advantage = cost - baseline(of: cost, baselineName, in: &scope)
        return (advantage.withoutGradient() * q.logDensity(of: z)).meanOverSamples(samples)
    }

    /// Where the divergence has no closed form, what has its gradient, (B): that of −ln p(z), and the score function's of ln q(z|x) − ln p(z).
    /// (E_q[∇ ln q] is 0.)
    private func estimatedDivergence(_ q: any LatentDistribution, _ z: Tensor, in scope: inout Scope) -> Tensor {
        let cost = q.logDensity(of: z).withoutGradient() - q.priorLogDensity(of: z)
        return cost.meanOverSamples(samples) + surprise(cost, "divergence_baseline", q, z, in: &scope)
    }

    private func baseline(of f: Tensor, _ name: String, in scope: inout Scope) -> Tensor {
        switch baseline {
        case .none: return .constant(0)
        case .runningMean: return scope.statistic(name, startingAt: 0, .meanOfAll) { f.mean() }
        case .movingAverage: return scope.statistic(name, startingAt: 0) { f.mean() }
        case .leaveOneOut:
            let bySample = f.bySample(samples)
            let others = (bySample.sum(axes: [1], keepDimensions: true) - bySample) / Float(samples - 1)
            return others.reshaped(to: f.shape)
        }
    }

    func problem(with latents: Latents) -> String? {
        if case .deterministic = latents { return "needs latents that are drawn, and a deterministic code is not" }
        if baseline == .leaveOneOut, samples < 2 { return "takes `leave_one_out` from other samples: set samples to 2" }
        return nil
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case samples, baseline }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        samples = try container.decodeIfPresent(Int.self, forKey: .samples) ?? 1
        baseline = try container.decodeIfPresent(Baseline.self, forKey: .baseline) ?? .runningMean
    }
}

extension ScoreFunction.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .samples: Setting("Samples of the latents for each image.", .wholeNumber(1...1024), default: "1")
        case .baseline:
            Setting(
                "What is taken off the reconstruction so that the gradient varies less.",
                .word(ScoreFunction.Baseline.allCases.map(\.rawValue)), default: "running_mean")
        }
    }
}
