import Contract
import Settings

/// Ends a run whose held-out images get no better: after `patience` evaluations in a row none of which was an improvement. The first one is
/// an improvement, and so is each that is lower than the last improvement by more than `minimumImprovement`.
///
/// It looks at the history of evaluations alone, which a checkpoint holds. So a run stops after the same step on any cluster, and however often
/// it is interrupted and resumed. How often it is evaluated is for `--evaluate-every` to say; a run that ends by `--steps` has an evaluation
/// at its end, which counts when it is resumed. With a minimum of 0 what counts is what makes a state the best.
public struct EarlyStopping: Hashable, Sendable, Codable {
    public var patience: Int
    /// In nats an image.
    public var minimumImprovement: Double

    enum CodingKeys: String, CodingKey, CaseIterable {
        case patience
        case minimumImprovement = "minimum_improvement"
    }

    public init(patience: Int, minimumImprovement: Double = 0) {
        self.patience = patience
        self.minimumImprovement = minimumImprovement
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        patience = try container.decode(Int.self, forKey: .patience)
        minimumImprovement = try container.decodeIfPresent(Double.self, forKey: .minimumImprovement) ?? 0
    }

    /// Whether a run with this history ends.
    public func ends(_ history: History) -> Bool {
        history.evaluationsWithoutImprovement(of: minimumImprovement) >= patience
    }

    /// Why a run has ended by it, in words that follow "since" and "as".
    public var reason: String {
        let evaluations = patience == 1 ? "evaluation" : "\(patience) evaluations"
        let least = minimumImprovement == 0 ? "" : " of more than \(minimumImprovement) nats (minimum_improvement)"
        return "the last \(evaluations) of the held-out images gave no improvement\(least)"
    }

    func validate() throws(ConfigurationProblem) {
        try require(
            (1...1_000_000).contains(patience), "early_stopping.patience",
            "patience is from 1 to 1000000 evaluations, not \(patience)")
        try require(
            minimumImprovement >= 0 && minimumImprovement < .infinity, "early_stopping.minimum_improvement",
            "an improvement is 0 or more, not \(minimumImprovement)")
    }
}

extension EarlyStopping.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .patience:
            Setting(
                "How many evaluations in a row may be no better than the best before.", .wholeNumber(1...1_000_000),
                unit: "evaluations")
        case .minimumImprovement:
            Setting(
                "By how much lower a held-out -ELBO must be to be better.", .number(.zeroOrMore), unit: "nats",
                default: "0", otherNames: ["min_delta", "delta", "min_improvement"])
        }
    }
}
