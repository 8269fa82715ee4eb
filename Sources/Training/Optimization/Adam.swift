import Contract
import Optimizer
import Settings

/// The optimizer: steps along the mean of past gradients, divided by the root of the mean of their squares.
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

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// The numbers of update t, counted from 1.
    func coefficients(update: Int, learningRate: Double) -> AdamCoefficients {
        AdamCoefficients(
            beta1: Float(beta1), beta2: Float(beta2), oneMinusBeta1: Float(1 - beta1), oneMinusBeta2: Float(1 - beta2),
            epsilon: Float(epsilon), rate: Float(learningRate / (1 - power(beta1, update))),
            correction: Float(1 / (1 - power(beta2, update)).squareRoot()))
    }

    func validate() throws(ConfigurationProblem) {
        for (key, beta) in [("beta1", beta1), ("beta2", beta2)] {
            try require(beta >= 0 && beta < 1, "optimizer.adam.\(key)", "a decay is in [0, 1), not \(beta)")
        }
        try require(
            epsilon >= Double(Float.leastNormalMagnitude), "optimizer.adam.epsilon",
            "epsilon is above 0, not \(epsilon)")
    }
}

extension Adam: Codable {
    enum Names: String, CodingKey, CaseIterable { case adam }
    enum CodingKeys: String, CodingKey, CaseIterable { case beta1, beta2, epsilon }

    public init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: Names.self)
        let settings = try names.nestedContainer(keyedBy: CodingKeys.self, forKey: .adam)
        let defaults = Adam()
        beta1 = try settings.decodeIfPresent(Double.self, forKey: .beta1) ?? defaults.beta1
        beta2 = try settings.decodeIfPresent(Double.self, forKey: .beta2) ?? defaults.beta2
        epsilon = try settings.decodeIfPresent(Double.self, forKey: .epsilon) ?? defaults.epsilon
    }

    public func encode(to encoder: any Encoder) throws {
        var names = encoder.container(keyedBy: Names.self)
        var settings = names.nestedContainer(keyedBy: CodingKeys.self, forKey: .adam)
        try settings.encode(beta1, forKey: .beta1)
        try settings.encode(beta2, forKey: .beta2)
        try settings.encode(epsilon, forKey: .epsilon)
    }
}

extension Adam.Names: DescribedKey {
    var setting: Setting {
        switch self {
        case .adam: Setting("Adam, the optimizer that there is.", .group(Adam.CodingKeys.self))
        }
    }
}

extension Adam.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .beta1: Setting("How much of the mean gradient stays at a step.", .number(.belowOne), default: "0.9")
        case .beta2:
            Setting(
                "How much of the mean square of the gradient stays at a step.", .number(.belowOne), default: "0.999")
        case .epsilon:
            Setting(
                "What is added to the root of the mean square.", .number(.atLeast(Double(Float.leastNormalMagnitude))),
                default: "1e-08", otherNames: ["eps"])
        }
    }
}
