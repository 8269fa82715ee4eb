import Contract
import Optimizer
import Settings

/// Stochastic gradient descent, with momentum.
///
/// For a gradient g, element by element and in this order, in float32:
///
///     g ← g + λ·θ
///     b ← momentum·b + g
///     θ ← θ − learning rate · b
///
/// Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013, with the rate outside of b, as
/// `torch.optim.SGD` has it.
public struct SGD: Hashable, Sendable {
    /// How much of the last step's direction stays.
    public var momentum: Double
    /// λ
    public var weightDecay: Double

    public init(momentum: Double = 0, weightDecay: Double = 0) {
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    func coefficients(learningRate: Double) -> SGDCoefficients {
        SGDCoefficients(momentum: Float(momentum), rate: Float(learningRate), coupled: Float(weightDecay))
    }

    func validate(_ path: String) throws(ConfigurationProblem) {
        try requireDecay(momentum, "\(path).momentum")
        try requireWeightDecay(weightDecay, path)
    }
}

extension SGD: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case momentum
        case weightDecay = "weight_decay"
    }

    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        momentum = try settings.decodeIfPresent(Double.self, forKey: .momentum) ?? 0
        weightDecay = try settings.decodeIfPresent(Double.self, forKey: .weightDecay) ?? 0
    }
}

extension SGD.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .momentum:
            Setting("How much of the last step's direction stays.", .number(.belowOne), default: "0")
        case .weightDecay: .coupledWeightDecay
        }
    }
}
