import Contract
import Settings

/// How large the steps of the optimizer are, as training goes on.
///
/// The rate is `base`, reached by a linear warm-up if there is one, and lowered by a decay if there is one. Both count in epochs,
/// fractions included, so that a schedule means the same for any batch size. Written as a bare number where it is constant.
public struct LearningRateSchedule: Hashable, Sendable {
    public var base: Double
    /// How many epochs the rate takes to rise from 0 to `base`; 0 starts at `base`.
    public var warmUpEpochs: Double
    public var decay: Decay?

    /// What lowers the rate.
    public enum Decay: Hashable, Sendable, Codable {
        /// Half a cosine from `base` down to `final` over the given epochs, and `final` from then on.
        ///
        /// Source: Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without restarts.
        case cosine(final: Double, epochs: Double)
        /// The rate times `factor` whenever the given number of epochs has passed.
        case step(factor: Double, epochs: Double)
        /// The rate times `factor` after every whole epoch.
        case exponential(factor: Double)

        enum CodingKeys: String, CodingKey, CaseIterable { case cosine, step, exponential }
        enum CosineCodingKeys: String, CodingKey, CaseIterable { case final, epochs }
        enum StepCodingKeys: String, CodingKey, CaseIterable { case factor, epochs }
        enum ExponentialCodingKeys: String, CodingKey, CaseIterable { case factor }
    }

    public init(base: Double, warmUpEpochs: Double = 0, decay: Decay? = nil) {
        self.base = base
        self.warmUpEpochs = warmUpEpochs
        self.decay = decay
    }

    /// The rate of a step before which the data was passed through `epochs` times, and `nextEpochs` times after it.
    ///
    /// Additions, multiplications and divisions in Float64 only: the system's `cos` and `pow` vary by machine.
    public func rate(epochs: Double, nextEpochs: Double) -> Double {
        let decayed = decay.map { $0.apply(to: base, epochs: epochs) } ?? base
        return warmUpEpochs > 0 ? decayed * min(1, nextEpochs / warmUpEpochs) : decayed
    }

    func validate() throws(ConfigurationProblem) {
        let path = "learning_rate"
        try require(base > 0 && base.isFinite, path + ".base", "a learning rate is above 0, not \(base)")
        try require(
            warmUpEpochs >= 0, path + ".warm_up_epochs", "a number of epochs is not negative, as \(warmUpEpochs) is")
        try decay?.validate(path + ".decay")
    }
}

extension LearningRateSchedule.Decay {
    func apply(to base: Double, epochs: Double) -> Double {
        switch self {
        case .cosine(let final, let horizon):
            return final + (base - final) * (0.5 + 0.5 * cosineOfHalfTurns(min(1, epochs / horizon)))
        case .step(let factor, let period): return base * power(factor, Int(epochs / period))
        case .exponential(let factor): return base * power(factor, Int(epochs))
        }
    }

    func validate(_ path: String) throws(ConfigurationProblem) {
        switch self {
        case .cosine(let final, let epochs):
            try require(final >= 0, path + ".cosine.final", "a final rate is not negative, as \(final) is")
            try require(epochs > 0, path + ".cosine.epochs", "a number of epochs is above 0, not \(epochs)")
        case .step(let factor, let epochs):
            try require(factor > 0 && factor <= 1, path + ".step.factor", "a factor is in (0, 1], not \(factor)")
            try require(epochs >= 1e-6, path + ".step.epochs", "a number of epochs is 1e-6 at least, not \(epochs)")
        case .exponential(let factor):
            try require(factor > 0 && factor <= 1, path + ".exponential.factor", "a factor is in (0, 1], not \(factor)")
        }
    }
}

extension LearningRateSchedule: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case base
        case warmUpEpochs = "warm_up_epochs"
        case decay
    }

    public init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            self.init(base: try decoder.singleValueContainer().decode(Double.self))
            return
        }
        self.init(
            base: try container.decode(Double.self, forKey: .base),
            warmUpEpochs: try container.decodeIfPresent(Double.self, forKey: .warmUpEpochs) ?? 0,
            decay: try container.decodeIfPresent(Decay.self, forKey: .decay))
    }

    public func encode(to encoder: any Encoder) throws {
        if warmUpEpochs == 0 && decay == nil {
            var container = encoder.singleValueContainer()
            return try container.encode(base)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(base, forKey: .base)
        try container.encode(warmUpEpochs, forKey: .warmUpEpochs)
        try container.encodeIfPresent(decay, forKey: .decay)
    }
}

extension LearningRateSchedule {
    /// A rate, or a schedule of rates, as settings describe it.
    static var kind: SettingKind { .either(.number(.aboveZero), .group(CodingKeys.self)) }
}

extension LearningRateSchedule.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .base: Setting("The rate where nothing lowers it.", .number(.aboveZero))
        case .warmUpEpochs:
            Setting(
                "How long the rate takes to rise from 0 to `base`.", .number(.zeroOrMore), unit: "epochs", default: "0",
                otherNames: ["warmup", "warmup_epochs", "warm_up"])
        case .decay:
            Setting(
                "What lowers the rate.",
                .choice(SettingChoice(of: "decay", LearningRateSchedule.Decay.CodingKeys.self, takesWords: false)),
                default: "the rate stays", otherNames: ["scheduler", "lr_scheduler"])
        }
    }
}

extension LearningRateSchedule.Decay.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .cosine:
            Setting("Half a cosine from `base` to `final`.", .group(LearningRateSchedule.Decay.CosineCodingKeys.self))
        case .step:
            Setting(
                "The rate times `factor` whenever `epochs` have passed.",
                .group(LearningRateSchedule.Decay.StepCodingKeys.self))
        case .exponential:
            Setting(
                "The rate times `factor` after every epoch.",
                .group(LearningRateSchedule.Decay.ExponentialCodingKeys.self))
        }
    }
}

extension LearningRateSchedule.Decay.CosineCodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .final: Setting("The rate at the end.", .number(.zeroOrMore), otherNames: ["eta_min", "min_lr"])
        case .epochs:
            Setting("How long the way down takes.", .number(.aboveZero), unit: "epochs", otherNames: ["t_max"])
        }
    }
}

extension LearningRateSchedule.Decay.StepCodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .factor: Setting("What the rate is multiplied with.", .number(.upToOne), otherNames: ["gamma"])
        case .epochs: Setting("How often.", .number(.atLeast(1e-6)), unit: "epochs", otherNames: ["step_size"])
        }
    }
}

extension LearningRateSchedule.Decay.ExponentialCodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .factor: Setting("What the rate is multiplied with.", .number(.upToOne), otherNames: ["gamma"])
        }
    }
}
