import Settings
import Tensors

/// −ELBO of discrete latents with a gradient that flows through a stand-in for the sample: biased, and of low variance.
///
/// What is evaluated, and what a trained model does, has true samples always.
public struct Relaxed: ObjectiveFormula, Hashable, Codable {
    /// What stands for the sample in training.
    public enum Sample: String, Hashable, Sendable, Codable, CaseIterable {
        /// A point of the relaxed (Concrete) distribution: sigmoid or softmax of (logits + noise) / τ.
        ///
        /// Source: Jang, Gu, Poole, "Categorical reparameterization with Gumbel-softmax", ICLR 2017; Maddison, Mnih, Teh, "The Concrete
        /// distribution", ICLR 2017.
        case soft
        /// A true sample, with the gradient of the relaxed one: the straight-through Gumbel estimator (Jang et al., section 2.2).
        case hard
        /// A true sample, with the gradient of the mean.
        ///
        /// Source: Bengio, Léonard, Courville, "Estimating or propagating gradients through stochastic neurons", 2013.
        case straightThrough = "straight_through"
    }

    public var sample: Sample

    public init(sample: Sample = .hard) { self.sample = sample }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let q = scope.posterior(of: x)
        let z = scope.mode == .training ? standIn(q, in: &scope) : q.sample(in: &scope)
        let reconstruction = -scope.likelihood(of: z).logDensity(of: x)
        let divergence = q.divergence(at: z, samples: 1)
        let penalty = scope.settings.divergence.penalty(divergence, of: q, in: &scope)
        return Loss(
            scope.settings.reconstructionWeight * reconstruction + penalty,
            reconstruction: reconstruction, divergence: divergence)
    }

    private func standIn(_ q: any LatentDistribution, in scope: inout Scope) -> Tensor {
        guard let q = q as? any Relaxable else { preconditionFailure("such latents were refused before") }
        return q.standIn(for: sample, in: &scope)
    }

    var takesPenalty: Bool { true }

    func problem(with latents: Latents) -> String? {
        latents.family.areReparameterised
            ? "is for discrete latents: write `latents: {bernoulli: 200}` or `categorical`" : nil
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case sample }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        sample = try container.decodeIfPresent(Sample.self, forKey: .sample) ?? .hard
    }
}

/// Discrete latents with something that stands for their sample in training.
protocol Relaxable {
    func standIn(for sample: Relaxed.Sample, in scope: inout Scope) -> Tensor
}

/// Independent discrete latents, with a relaxed sample of all.
protocol RelaxedDistribution: Relaxable, Distribution {
    /// A point of the relaxed distribution at a temperature, and the true sample that it becomes at temperature 0.
    func relaxedSample(_ temperature: Tensor, in scope: inout Scope) -> (soft: Tensor, hard: Tensor)
}

extension RelaxedDistribution {
    func standIn(for sample: Relaxed.Sample, in scope: inout Scope) -> Tensor {
        if sample == .straightThrough { return value(of: self.sample(in: &scope), gradientOf: mean) }
        let temperature = scope.scheduled(.temperature)
        let (soft, hard) = relaxedSample(temperature, in: &scope)
        return sample == .soft ? soft : value(of: hard, gradientOf: soft)
    }

    /// The first's value with the second's gradient.
    private func value(of value: Tensor, gradientOf other: Tensor) -> Tensor {
        other + (value - other).withoutGradient()
    }
}

extension BeliefPosterior: Relaxable {
    func standIn(for sample: Relaxed.Sample, in scope: inout Scope) -> Tensor {
        layers.rows { $0.standIn(for: sample, in: &scope) }
    }
}

extension StochasticActivations: Relaxable {
    func standIn(for sample: Relaxed.Sample, in scope: inout Scope) -> Tensor {
        layers.rows { $0.standIn(for: sample, in: &scope) }
    }
}

extension Bernoulli: RelaxedDistribution {
    /// sigmoid((logit + ln u − ln(1 − u)) / τ), and 1 where its argument is above 0.
    func relaxedSample(_ temperature: Tensor, in scope: inout Scope) -> (soft: Tensor, hard: Tensor) {
        let u = scope.noise(.uniform, logits.shape)
        let noisy = logits + log(u) - log(1 - u)
        return (sigmoid(noisy / temperature), step(noisy))
    }
}

extension Categorical: RelaxedDistribution {
    /// softmax((logits + Gumbel noise) / τ) of each variable, and the one-hot vector of its greatest class.
    func relaxedSample(_ temperature: Tensor, in scope: inout Scope) -> (soft: Tensor, hard: Tensor) {
        let noisy = byVariable(logits + gumbel(in: &scope))
        return ((noisy / temperature).softmax(axis: 2).flattened(), noisy.argmaxOneHot(axis: 2).flattened())
    }
}

extension Relaxed.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .sample:
            Setting(
                "What stands for a sample: a relaxed one, or a true one with the gradient of a relaxed one or of the mean.",
                .word(Relaxed.Sample.allCases.map(\.rawValue)), default: "hard")
        }
    }
}
