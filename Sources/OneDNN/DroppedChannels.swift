import Tensors

/// Which channels of images are zero as a whole: those that dropout in two dimensions set to 0.
///
/// What a kernel multiplies them with adds nothing, so those of the engine's own that sum over channels leave them out: a fourth
/// of the products at a probability of 1/4, without a change of a bit.
struct DroppedChannels {
    /// The noise (B, C, 1, 1) whose zeros make channels of a node zero.
    private var noises: [Int: Int] = [:]

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            noises[index] = Self.source(node, noises) ?? (Self.isMask(node) ? index : nil)
        }
    }

    /// The noise, with a number for each example and channel; nil where no channel of the node is known to be zero.
    func noise(_ node: Int) -> Int? { noises[node] }

    private static func isMask(_ node: Graph.Node) -> Bool {
        guard case .noise(let noise) = node.operation, case .bernoulli = noise.distribution else { return false }
        return node.shape.rank == 4 && node.shape[2] == 1 && node.shape[3] == 1
    }

    /// The noise of an operand whose zeros are zeros of the result, too.
    private static func source(_ node: Graph.Node, _ noises: [Int: Int]) -> Int? {
        switch node.operation {
        case .unary(.bfloat16), .broadcast, .binary(.divide): noises[node.inputs[0]]
        case .binary(.multiply): noises[node.inputs[0]] ?? noises[node.inputs[1]]
        default: nil
        }
    }
}
