import Tensors

/// Which channels of images are zero as a whole: those that dropout in two dimensions set to 0.
///
/// What finite numbers are multiplied with them adds nothing, so minimal filtering, bfloat16's convolutions and the gradients of weights
/// leave them out: a fourth of the products at a probability of 1/4. In float32 that changes no bit; in bfloat16 it says which
/// numbers are multiplied in pairs. A number that is not finite may stay unseen there.
struct DroppedChannels {
    /// The noise (B, C, 1, 1) whose zeros make channels of a node zero.
    private var noises: [Int: Int] = [:]

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            let noise = source(graph, node) ?? (Self.isMask(node) ? index : nil)
            // A number for each example and channel, not for all examples or all channels.
            guard let noise, node.shape.dimensions.prefix(2) == graph.nodes[noise].shape.dimensions.prefix(2) else {
                continue
            }
            noises[index] = noise
        }
    }

    /// The noise, with a number for each example and channel; nil where no channel of the node is known to be zero.
    func noise(_ node: Int) -> Int? { noises[node] }

    private static func isMask(_ node: Graph.Node) -> Bool {
        guard case .noise(let noise) = node.operation, case .bernoulli = noise.distribution else { return false }
        return node.shape.rank == 4 && node.shape[2] == 1 && node.shape[3] == 1
    }

    /// The noise of an operand whose zeros are zeros of the result, too.
    private func source(_ graph: Graph, _ node: Graph.Node) -> Int? {
        switch node.operation {
        case .unary(.bfloat16), .broadcast: noises[node.inputs[0]]
        case .binary(.divide): Self.isConstant(graph, node.inputs[1]) ? noises[node.inputs[0]] : nil
        case .binary(.multiply): noises[node.inputs[0]] ?? noises[node.inputs[1]]
        default: nil
        }
    }

    private static func isConstant(_ graph: Graph, _ node: Int) -> Bool {
        switch graph.nodes[node].operation {
        case .constant: true
        case .broadcast: isConstant(graph, graph.nodes[node].inputs[0])
        default: false
        }
    }
}
