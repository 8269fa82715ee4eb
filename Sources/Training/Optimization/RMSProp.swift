import Contract
import Optimizer
import Settings

/// RMSProp: steps along the gradient, divided by the root of the mean of past squares.
///
/// For a gradient g, element by element and in this order, in float32:
///
///     g ← g + λ·θ
///     v ← decay·v + (1 − decay)·(g·g)
///     θ ← θ − learning rate · (g / (√v + ε))
///
/// Source: Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012; as `torch.optim.RMSprop` has it.
public struct RMSProp: Hashable, Sendable {
    /// How much of the mean square stays.
    public var decay: Double
    /// ε
    public var epsilon: Double
    /// λ
    public var weightDecay: Double

    public init(decay: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0) {
        self.decay = decay
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    func coefficients(learningRate: Double) -> RMSPropCoefficients {
        RMSPropCoefficients(
            decay: Float(decay), oneMinusDecay: Float(1 - decay), epsilon: Float(epsilon), rate: Float(learningRate),
            coupled: Float(weightDecay))
    }

    func validate(_ path: String) throws(ConfigurationProblem) {
        try requireDecay(decay, "\(path).decay")
        try requireEpsilon(epsilon, path)
        try requireWeightDecay(weightDecay, path)
    }
}

extension RMSProp: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case decay, epsilon
        case weightDecay = "weight_decay"
    }

    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        let defaults = RMSProp()
        decay = try settings.decodeIfPresent(Double.self, forKey: .decay) ?? defaults.decay
        epsilon = try settings.decodeIfPresent(Double.self, forKey: .epsilon) ?? defaults.epsilon
        weightDecay = try settings.decodeIfPresent(Double.self, forKey: .weightDecay) ?? defaults.weightDecay
    }
}

extension RMSProp.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .decay:
            Setting(
                "How much of the mean square of the gradient stays at a step.", .number(.belowOne), default: "0.99",
                otherNames: ["alpha", "rho"])
        case .epsilon: .epsilon
        case .weightDecay: .coupledWeightDecay
        }
    }
}
