import Contract
import Settings

/// An exponential moving average of the weights, and of the running statistics, which trains nothing and is what a model is judged and used with.
///
/// After update t = 1, 2, …, for each element in float32: a ← a + share · (θ − a), with share = 1 − min(decay, (1 + t) / (10 + t)) computed in
/// Float64 and rounded once. So the first weights, which are random, are soon forgotten, however near to 1 the decay is.
///
/// Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the bound on the decay is that of
/// `tf.train.ExponentialMovingAverage` with its number of updates.
public struct WeightAveraging: Hashable, Sendable, Codable {
    /// How much of the average stays at a step.
    public var decay: Double

    enum CodingKeys: String, CodingKey, CaseIterable { case decay }

    public init(decay: Double) { self.decay = decay }

    /// How far update t, counted from 1, moves the average.
    func share(update: Int) -> Float { Float(1 - min(decay, Double(1 + update) / Double(10 + update))) }

    func validate() throws(ConfigurationProblem) { try requireDecay(decay, "weight_average.decay") }
}

extension WeightAveraging.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .decay:
            Setting(
                "How much of the average stays at a step; less in the first steps.", .number(.belowOne),
                otherNames: ["ema_decay", "ema_rate"])
        }
    }
}
