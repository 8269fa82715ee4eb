/// A metric with all of its samples.
struct MetricFamily: Hashable, Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    struct Sample: Hashable, Sendable {
        /// What stands behind the metric's name, such as `_bucket`.
        var suffix = ""
        var labels: [Label] = []
        let value: Double
    }

    let name: String
    let kind: Kind
    let help: String
    let samples: [Sample]

    init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A metric of one number; without a sample where there is no number.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
        self.init(name, kind, help, value.map { [Sample(value: $0)] } ?? [])
    }
}
