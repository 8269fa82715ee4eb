import Tensors

/// Which channels of images are zero as a whole, those that dropout in two dimensions set to 0, and which will be.
///
/// What finite numbers are multiplied with them adds nothing, so minimal filtering, bfloat16's convolutions and the gradients of weights
/// leave them out: a fourth of the products at a probability of 1/4. In float32 that changes no bit; in bfloat16 it says which
/// numbers are multiplied in pairs. Channels that all readers multiply by 0, as those of a gradient on its way back through dropout,
/// need not be made, and bfloat16's convolutions do not make them. A number that is not finite may stay unseen there.
struct DroppedChannels {
    /// The noise (B, C, 1, 1) whose zeros make channels of a node zero.
    private var noises: [Int: Int] = [:]
    /// The noise (B, C, 1, 1) by which every reader of a node multiplies its channels.
    private var noisesOfReaders: [Int: Int] = [:]

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            let noise = source(graph, node) ?? (Self.isMask(node) ? index : nil)
            // A number for each example and channel, not for all examples or all channels.
            guard let noise, node.shape.dimensions.prefix(2) == graph.nodes[noise].shape.dimensions.prefix(2) else {
                continue
            }
            noises[index] = noise
        }
        findReaders(graph)
    }

    private mutating func findReaders(_ graph: Graph) {
        var found: [Int: Set<Int?>] = [:]
        for output in graph.outputNodes { found[output] = [nil] }
        for (index, node) in graph.nodes.enumerated().reversed() {
            if let noises = found[index], noises.count == 1, let noise = noises.first ?? nil,
                node.shape.dimensions.prefix(2) == graph.nodes[noise].shape.dimensions.prefix(2)
            {
                noisesOfReaders[index] = noise
            }
            for (place, input) in node.inputs.enumerated() {
                found[input, default: []].insert(noiseOfReading(graph, node, index, place))
            }
        }
    }

    /// The noise whose zeros say which channels of an operand a result does not depend on.
    private func noiseOfReading(_ graph: Graph, _ node: Graph.Node, _ index: Int, _ place: Int) -> Int? {
        switch node.operation {
        case .unary(.bfloat16), .binary(.add), .binary(.subtract): noisesOfReaders[index]
        case .binary(.multiply): noises[node.inputs[1 - place]] ?? noisesOfReaders[index]
        case .binary(.divide): place == 0 ? noisesOfReaders[index] : nil
        default: nil
        }
    }

    /// The noise by which everything that reads a node multiplies its channels; nil where something may need all of them.
    func noiseOfReaders(_ node: Int) -> Int? { noisesOfReaders[node] }

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
