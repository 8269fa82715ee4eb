/// Something that a step or an evaluation measures besides both terms of the ELBO: a mean over the examples, in nats where it is one.
public struct Metric: Hashable, Sendable {
    /// As the objective names it, such as `bound`.
    public var name: String
    public var value: Double

    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// The means of all that is measured, in the order of the model's table.
struct MetricMeans {
    let reconstruction: Double
    let divergence: Double
    let others: [Metric]

    init(_ names: [String], sums: some Collection<Float>, count: Int) {
        let means = sums.map { Double($0) / Double(count) }
        precondition(means.count == names.count && means.count >= 2, "\(means.count) sums for \(names)")
        reconstruction = means[0]
        divergence = means[1]
        others = zip(names, means).dropFirst(2).map { Metric($0, $1) }
    }
}
