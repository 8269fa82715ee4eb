import Contract
import Pictures
import Training

/// Several runs beside each other: where their configurations differ, and what each came to.
public struct Comparison: Sendable {
    /// A run to compare.
    public struct Run: Sendable {
        public let name: String
        public let configuration: ConfigurationNode
        public let figures: RunFigures
        public let curves: RunCurves

        /// - Parameter rows: All rows of its record, in their order.
        public init(name: String, configuration: ConfigurationNode, rows: [MetricsRow]) {
            self.name = name
            self.configuration = configuration
            figures = RunFigures(rows)
            curves = RunCurves(rows)
        }
    }

    /// A key that does not have the same value everywhere, with the value of each run; nil where a run has none.
    public struct Difference: Sendable {
        public let key: String
        public let values: [ConfigurationNode?]
    }

    public let runs: [Run]
    public let differences: [Difference]

    public init(_ runs: [Run]) {
        self.runs = runs
        let leaves = runs.map {
            Dictionary($0.configuration.leaves.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        var known: Set<String> = []
        let keys = runs.flatMap { $0.configuration.leaves.map(\.path) }.filter { known.insert($0).inserted }
        differences = keys.map { key in Difference(key: key, values: leaves.map { $0[key] }) }
            .filter { Set($0.values).count > 1 }
    }

    /// The negative ELBO of all runs over the epochs, or over the steps where some run has not ended one: of held-out examples, or of the
    /// steps where a run evaluated none.
    public var plot: LinePlot {
        let overEpochs = runs.allSatisfy(\.curves.haveEpochs)
        let series = runs.map { run in
            let valid = run.curves.valid(overEpochs: overEpochs) { $0.number("negative_elbo") }
            let points = valid.isEmpty ? run.curves.train(overEpochs: overEpochs) { $0.number("negative_elbo") } : valid
            return LinePlot.Series(name: valid.isEmpty ? "\(run.name) (train)" : run.name, points: points)
        }
        return LinePlot(
            title: "Held-out negative ELBO", xTitle: overEpochs ? "epoch" : "step", yTitle: "nats per image",
            series: series)
    }
}
