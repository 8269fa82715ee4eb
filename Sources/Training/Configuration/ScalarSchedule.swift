import Contract
import Settings

/// A number of the objective as training goes on: β, the weight of the divergence, a temperature, or a capacity.
///
/// Written as a bare number where it is constant. Epochs may be fractions.
public enum ScalarSchedule: Hashable, Sendable {
    case constant(Double)
    /// From `from` to `to` in a straight line over the given epochs, and `to` from then on.
    case linear(from: Double, to: Double, epochs: Double)
    /// The given epochs cut into cycles; in each, the number rises from `from` to `to` over the fraction `rise` and then stays. `to` from
    /// then on.
    ///
    /// Source: Fu et al., "Cyclical annealing schedule", NAACL 2019, equations 6 and 7.
    case cyclical(from: Double, to: Double, epochs: Double, cycles: Int, rise: Double)

    /// The number in a step before which the data was passed through `epochs` times.
    public func value(epochs: Double) -> Double {
        switch self {
        case .constant(let value): value
        case .linear(let from, let to, let horizon): from + (to - from) * min(1, epochs / horizon)
        case .cyclical(let from, let to, let horizon, let cycles, let rise):
            from + (to - from) * Self.cyclePosition(epochs / horizon, cycles, rise)
        }
    }

    /// How far the number has risen, 0 to 1, when `progress` of all cycles has passed.
    private static func cyclePosition(_ progress: Double, _ cycles: Int, _ rise: Double) -> Double {
        if progress >= 1 { return 1 }
        let position = progress * Double(cycles)
        return min(1, (position - position.rounded(.down)) / rise)
    }

    /// The least value that it takes.
    var least: Double {
        switch self {
        case .constant(let value): value
        case .linear(let from, let to, _), .cyclical(let from, let to, _, _, _): min(from, to)
        }
    }

    func validate(_ path: String) throws(ConfigurationProblem) {
        switch self {
        case .constant(let value): try Self.check(value, path)
        case .linear(let from, let to, let epochs):
            try Self.check(min(from, to), path + ".linear")
            try require(epochs > 0, path + ".linear.epochs", "a number of epochs is above 0, not \(epochs)")
        case .cyclical(let from, let to, let epochs, let cycles, let rise):
            let path = path + ".cyclical"
            try Self.check(min(from, to), path)
            try require(epochs > 0, path + ".epochs", "a number of epochs is above 0, not \(epochs)")
            try require(cycles > 0, path + ".cycles", "a number of cycles is above 0, not \(cycles)")
            try require(rise > 0 && rise <= 1, path + ".rise", "a fraction is in (0, 1], not \(rise)")
        }
    }

    private static func check(_ least: Double, _ path: String) throws(ConfigurationProblem) {
        try require(least >= 0 && least.isFinite, path, "a number here is 0 or more, not \(least)")
    }
}

extension ScalarSchedule: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable { case linear, cyclical }

    struct Linear: Codable {
        var from: Double
        var to: Double
        var epochs: Double

        enum CodingKeys: String, CodingKey, CaseIterable { case from, to, epochs }
    }

    struct Cyclical: Codable {
        var from: Double
        var to: Double
        var epochs: Double
        var cycles: Int
        var rise: Double

        enum CodingKeys: String, CodingKey, CaseIterable { case from, to, epochs, cycles, rise }
    }

    public init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            self = .constant(try decoder.singleValueContainer().decode(Double.self))
            return
        }
        if let cyclical = try container.decodeIfPresent(Cyclical.self, forKey: .cyclical) {
            self = .cyclical(
                from: cyclical.from, to: cyclical.to, epochs: cyclical.epochs, cycles: cyclical.cycles,
                rise: cyclical.rise)
        } else {
            let linear = try container.decode(Linear.self, forKey: .linear)
            self = .linear(from: linear.from, to: linear.to, epochs: linear.epochs)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if case .constant(let value) = self {
            var container = encoder.singleValueContainer()
            return try container.encode(value)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .constant: break
        case .linear(let from, let to, let epochs):
            try container.encode(Linear(from: from, to: to, epochs: epochs), forKey: .linear)
        case .cyclical(let from, let to, let epochs, let cycles, let rise):
            let cyclical = Cyclical(from: from, to: to, epochs: epochs, cycles: cycles, rise: rise)
            try container.encode(cyclical, forKey: .cyclical)
        }
    }
}

extension ScalarSchedule {
    /// A number, or its schedule, as settings describe it.
    static var kind: SettingKind {
        .either(.number(.zeroOrMore), .choice(SettingChoice(of: "schedule", CodingKeys.self, takesWords: false)))
    }
}

extension ScalarSchedule.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .linear:
            Setting(
                "A straight line from one value to another.", .group(ScalarSchedule.Linear.CodingKeys.self))
        case .cyclical:
            Setting(
                "Cycles, in each of which the value rises and then stays.",
                .group(ScalarSchedule.Cyclical.CodingKeys.self))
        }
    }
}

extension ScalarSchedule.Linear.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .from: Setting("The value before the first step.", .number(.zeroOrMore), otherNames: ["start"])
        case .to:
            Setting("The value from the end of the schedule on.", .number(.zeroOrMore), otherNames: ["end", "stop"])
        case .epochs:
            Setting("How long the schedule takes; fractions are allowed.", .number(.aboveZero), unit: "epochs")
        }
    }
}

extension ScalarSchedule.Cyclical.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .from, .to, .epochs: ScalarSchedule.Linear.CodingKeys(stringValue: rawValue)!.setting
        case .cycles: Setting("How many cycles the epochs are cut into.", .wholeNumber(1...Int.max))
        case .rise: Setting("The part of a cycle in which the value rises.", .number(.upToOne))
        }
    }
}
