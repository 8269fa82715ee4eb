import Contract
import Optimizer
import Settings

/// Adam, with weight decay that is no part of the gradient: before an update of Adam, θ ← θ − learning rate · λ · θ.
///
/// The two are one operation: θ ← (1 − learning rate · λ) · θ − rate · (m / (√v · correction + ε)), the first factor computed in Float64
/// and rounded once.
///
/// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
public struct AdamW: Hashable, Sendable {
    /// What Adam does with the gradient; it has no weight decay of its own.
    public var adam: Adam
    /// λ
    public var weightDecay: Double

    public init(adam: Adam = Adam(), weightDecay: Double = 0.01) {
        self.adam = adam
        self.weightDecay = weightDecay
    }

    func validate(_ path: String) throws(ConfigurationProblem) {
        try adam.validate(path)
        try requireWeightDecay(weightDecay, path)
    }

    func decay(learningRate: Double) -> WeightDecay { WeightDecay(kept: Float(1 - learningRate * weightDecay)) }
}

extension AdamW: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case beta1, beta2, epsilon
        case weightDecay = "weight_decay"
    }

    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        let defaults = AdamW()
        adam = try Adam(
            beta1: settings.decodeIfPresent(Double.self, forKey: .beta1) ?? defaults.adam.beta1,
            beta2: settings.decodeIfPresent(Double.self, forKey: .beta2) ?? defaults.adam.beta2,
            epsilon: settings.decodeIfPresent(Double.self, forKey: .epsilon) ?? defaults.adam.epsilon)
        weightDecay = try settings.decodeIfPresent(Double.self, forKey: .weightDecay) ?? defaults.weightDecay
    }

    public func encode(to encoder: any Encoder) throws {
        var settings = encoder.container(keyedBy: CodingKeys.self)
        try settings.encode(adam.beta1, forKey: .beta1)
        try settings.encode(adam.beta2, forKey: .beta2)
        try settings.encode(adam.epsilon, forKey: .epsilon)
        try settings.encode(weightDecay, forKey: .weightDecay)
    }
}

extension AdamW.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .beta1: Adam.CodingKeys.beta1.setting
        case .beta2: Adam.CodingKeys.beta2.setting
        case .epsilon: Adam.CodingKeys.epsilon.setting
        case .weightDecay:
            Setting(
                "How much smaller a step makes a parameter besides, times the learning rate.", .number(.zeroOrMore),
                default: "0.01", otherNames: ["wd"])
        }
    }
}
