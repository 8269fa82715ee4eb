import Contract
import Tensors
import VAE

/// How the buffers of a model are laid out: its parameters, its running statistics, and a leaf's result.
///
/// A leaf's result, and so every sum in the tree, is one buffer: the gradient of every parameter, the batch value of every
/// running statistic, and the metric sums, one after the other.
public struct ModelLayout: Hashable, Sendable {
    public let parameters: SliceTable
    public let statistics: SliceTable
    /// The statistics in as few pieces as their rules allow.
    let statisticPieces: [StatisticPiece]
    /// The names of the sums that a step measures, each over its examples and in nats: `reconstruction` and `divergence` first.
    public let metrics: [String]

    init(
        parameters: SliceTable, statistics: SliceTable, statisticRules: [StatisticRule]? = nil,
        metrics: [String] = ["reconstruction", "divergence"]
    ) {
        self.parameters = parameters
        self.statistics = statistics
        statisticPieces = StatisticPiece.pieces(of: statistics, statisticRules)
        self.metrics = metrics
    }

    public init(_ model: VariationalAutoencoder) {
        self.init(
            parameters: model.parameters, statistics: model.statistics, statisticRules: model.statisticRules,
            metrics: model.metrics)
    }

    /// Where the gradients are in a leaf's result.
    public var gradient: Range<Int> { 0..<parameters.count }

    /// Where the batch values of the running statistics are.
    public var batchStatistics: Range<Int> { parameters.count..<parameters.count + statistics.count }

    /// Where the sums of the metrics are.
    public var metricSums: Range<Int> { partialCount - metrics.count..<partialCount }

    /// The number of elements of a leaf's result.
    public var partialCount: Int { parameters.count + statistics.count + metrics.count }

    /// What a partial looks like on the wire.
    public func partialFormat(_ wire: WireFormat) -> PartialFormat {
        PartialFormat(count: partialCount, halves: wire == .bfloat16 ? gradient.count : 0)
    }

    /// The names of a training graph's outputs, in this order.
    var outputNames: [String] {
        parameters.slices.map { "gradient/" + $0.name } + statistics.slices.map { "statistics/" + $0.name }
            + metrics.map(VariationalAutoencoder.metric)
    }
}

/// Statistics that lie together and move alike.
struct StatisticPiece: Hashable, Sendable {
    var range: Range<Int>
    let rule: StatisticRule

    /// - Parameter rules: One for each slice; nil where all are moving averages.
    static func pieces(of table: SliceTable, _ rules: [StatisticRule]?) -> [StatisticPiece] {
        table.slices.enumerated().reduce(into: []) { pieces, entry in
            let rule = rules?[entry.offset] ?? .movingAverage
            if pieces.last?.rule == rule, pieces.last?.range.upperBound == entry.element.range.lowerBound {
                pieces[pieces.endIndex - 1].range =
                    pieces[pieces.endIndex - 1].range.lowerBound..<entry.element.range.upperBound
            } else {
                pieces.append(StatisticPiece(range: entry.element.range, rule: rule))
            }
        }
    }
}
