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

    public init(parameters: SliceTable, statistics: SliceTable) {
        self.parameters = parameters
        self.statistics = statistics
    }

    /// Where the gradients are in a leaf's result.
    public var gradient: Range<Int> { 0..<parameters.count }

    /// Where the batch values of the running statistics are.
    public var batchStatistics: Range<Int> { parameters.count..<parameters.count + statistics.count }

    /// Where the sum of the examples' reconstruction terms is, in nats.
    public var reconstruction: Int { parameters.count + statistics.count }

    /// Where the sum of the examples' divergences is, in nats.
    public var divergence: Int { reconstruction + 1 }

    /// The number of elements of a leaf's result.
    public var partialCount: Int { reconstruction + 2 }

    /// What a partial looks like on the wire.
    public func partialFormat(_ wire: WireFormat) -> PartialFormat {
        PartialFormat(count: partialCount, halves: wire == .bfloat16 ? gradient.count : 0)
    }

    /// The names of a training graph's outputs, in this order.
    var outputNames: [String] {
        parameters.slices.map { "gradient/" + $0.name } + statistics.slices.map { "statistics/" + $0.name }
            + ["metrics/reconstruction", "metrics/divergence"]
    }
}
