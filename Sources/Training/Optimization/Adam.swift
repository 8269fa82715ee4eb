import Contract
import Optimizer
import Settings

/// Adam: steps along the mean of past gradients, divided by the root of the mean of their squares.
///
/// For a gradient g at update t = 1, 2, …, element by element and in this order, in float32:
///
///     m ← β₁·m + (1 − β₁)·g
///     v ← β₂·v + (1 − β₂)·(g·g)
///     θ ← θ − rate · (m / (√v · correction + ε))
///
/// with rate = learning rate / (1 − β₁ᵗ) and correction = 1 / √(1 − β₂ᵗ), computed in Float64 and rounded once.
///
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
public struct Adam: Hashable, Sendable {
    /// β₁, how much of the mean gradient stays.
    public var beta1: Double
    /// β₂, how much of the mean square stays.
    public var beta2: Double
    /// ε
    public var epsilon: Double
    /// λ, with which λ·θ is added to g: the gradient of ½ λ θ².
    public var weightDecay: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// The numbers of update t, counted from 1.
    func coefficients(update: Int, learningRate: Double) -> AdamCoefficients {
        AdamCoefficients(
            beta1: Float(beta1), beta2: Float(beta2), oneMinusBeta1: Float(1 - beta1), oneMinusBeta2: Float(1 - beta2),
            epsilon: Float(epsilon), rate: Float(learningRate / (1 - power(beta1, update))),
            correction: Float(1 / (1 - power(beta2, update)).squareRoot()))
    }

    /// - Parameter path: Of the optimizer in a configuration.
    func validate(_ path: String) throws(ConfigurationProblem) {
        for (key, beta) in [("beta1", beta1), ("beta2", beta2)] { try requireDecay(beta, "\(path).\(key)") }
        try requireEpsilon(epsilon, path)
        try requireWeightDecay(weightDecay, path)
    }
}

extension Adam: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case beta1, beta2, epsilon
        case weightDecay = "weight_decay"
    }

    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        let defaults = Adam()
        beta1 = try settings.decodeIfPresent(Double.self, forKey: .beta1) ?? defaults.beta1
        beta2 = try settings.decodeIfPresent(Double.self, forKey: .beta2) ?? defaults.beta2
        epsilon = try settings.decodeIfPresent(Double.self, forKey: .epsilon) ?? defaults.epsilon
        weightDecay = try settings.decodeIfPresent(Double.self, forKey: .weightDecay) ?? defaults.weightDecay
    }

    /// No weight decay is not written, so that contracts from before there was any stay as they are.
    public func encode(to encoder: any Encoder) throws {
        var settings = encoder.container(keyedBy: CodingKeys.self)
        try settings.encode(beta1, forKey: .beta1)
        try settings.encode(beta2, forKey: .beta2)
        try settings.encode(epsilon, forKey: .epsilon)
        if weightDecay != 0 { try settings.encode(weightDecay, forKey: .weightDecay) }
    }
}

extension Adam.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .beta1: Setting("How much of the mean gradient stays at a step.", .number(.belowOne), default: "0.9")
        case .beta2:
            Setting(
                "How much of the mean square of the gradient stays at a step.", .number(.belowOne), default: "0.999")
        case .epsilon: .epsilon
        case .weightDecay: .coupledWeightDecay
        }
    }
}
