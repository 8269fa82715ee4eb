import Contract

/// How often something is done in a run, counted in epochs or in optimizer steps: after the same steps on any cluster.
public enum Cadence: Hashable, Sendable, CustomStringConvertible {
    /// After each such number of passes through the training split.
    case epochs(Int)
    /// After each such number of optimizer steps.
    case steps(Int)

    /// What it is written as, such as `2epochs` or `200steps`; nil for anything else, and for numbers below 1.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), (1...Self.most).contains(count) else { return nil }
        switch text.dropFirst(digits.count).drop(while: { $0 == " " }) {
        case "epoch", "epochs": self = .epochs(count)
        case "step", "steps": self = .steps(count)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .epochs(let count): count == 1 ? "1epoch" : "\(count)epochs"
        case .steps(let count): count == 1 ? "1step" : "\(count)steps"
        }
    }

    /// As many as a run can count without overflow.
    private static let most = 1_000_000_000

    /// Whether it is time when so many steps are applied.
    public func isDue(afterSteps steps: Int, plan: ShardPlan) -> Bool {
        switch self {
        case .steps(let every): steps > 0 && steps % every == 0
        case .epochs(let every): plan.epoch(endingAfterSteps: steps).map { $0 % every == 0 } ?? false
        }
    }
}

extension ShardPlan {
    /// The epoch that the last of so many steps ends, or nil where it ends none.
    func epoch(endingAfterSteps steps: Int) -> Int? {
        guard steps > 0 else { return nil }
        let ended = epoch(ofStep: steps) - 1
        return ended > 0 && epoch(ofStep: steps - 1) <= ended ? ended : nil
    }
}
