import Contract
import Training

/// The events of a row of `metrics.jsonl`: its numbers under `train/…` or `valid/…`, and what the schedules gave to its step.
struct RowEvents {
    private let configuration: RunConfiguration
    private let plan: ShardPlan

    init(_ configuration: RunConfiguration, plan: ShardPlan) {
        self.configuration = configuration
        self.plan = plan
    }

    func event(of row: MetricsRow) -> Event {
        let numbers = row.numbers.map { (tag: "\(row.split.rawValue)/\($0.name)", value: $0.value) }
        return .scalars(numbers + (row.split == .train ? schedules(ofStep: row.step - 1) : []), step: row.step)
    }

    /// Which row an event is of, if it is of one.
    static func row(of event: Event) -> RowKey? {
        guard case .summary(let summary) = event.what, let tag = summary.value.first?.tag,
            let split = Split.allCases.first(where: { tag.hasPrefix("\($0.rawValue)/") })
        else { return nil }
        return RowKey(step: Int(event.step), split: split)
    }

    /// - Parameter step: From 0.
    private func schedules(ofStep step: Int) -> [(tag: String, value: Double)] {
        let (before, after) = (plan.epochs(beforeStep: step), plan.epochs(beforeStep: step + 1))
        let numbers: [(String, Double?)] = [
            ("learning_rate", configuration.learningRate.rate(epochs: before, nextEpochs: after)),
            ("divergence_weight", configuration.divergenceWeight.value(epochs: before)),
            ("temperature", configuration.temperature?.value(epochs: before)),
            ("capacity", configuration.capacity?.value(epochs: before)),
        ]
        return numbers.compactMap { name, value in value.map { ("schedule/\(name)", $0) } }
    }
}

/// What no two rows of a record have in common.
struct RowKey: Hashable {
    let step: Int
    let split: Split
}
