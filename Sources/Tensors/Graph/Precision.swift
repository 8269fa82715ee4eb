/// The numbers that convolutions and matrix products are computed from.
public enum Precision: String, Hashable, Sendable, Codable, CaseIterable {
    /// 24 significant bits.
    case float32
    /// 8 significant bits and float32's range: operands are rounded to it, and so are the results of convolutions. Products are
    /// summed in float32, and everything else (parameters, normalisation, losses, gradients of weights) stays float32.
    case bfloat16 = "bf16"
}

extension Graph {
    /// The same computation with roundings where the precision asks for them.
    ///
    /// The roundings are operations of the graph, so the interpreter defines them like all others.
    public func rounded(to precision: Precision) -> Graph {
        guard precision == .bfloat16 else { return self }
        var rounding = GraphRounding()
        let places = nodes.map { rounding.add($0) }
        return Graph(self, nodes: rounding.nodes, outputNodes: outputNodes.map { places[$0] })
    }
}

private struct GraphRounding {
    private(set) var nodes: [Graph.Node] = []
    private var known: [Graph.Node: Int] = [:]
    private var places: [Int] = []

    /// Adds a node of the old graph, whose operands have been added; the place of its value.
    mutating func add(_ node: Graph.Node) -> Int {
        var inputs = node.inputs.map { places[$0] }
        if node.operation.isLinear { inputs = inputs.map { rounded($0) } }
        var place = put(Graph.Node(operation: node.operation, inputs: inputs, shape: node.shape))
        switch node.operation {
        case .convolution, .convolutionInputGradient: place = rounded(place)
        default: break
        }
        places.append(place)
        return place
    }

    private mutating func rounded(_ place: Int) -> Int {
        put(Graph.Node(operation: .unary(.bfloat16), inputs: [place], shape: nodes[place].shape))
    }

    private mutating func put(_ node: Graph.Node) -> Int {
        if let place = known[node] { return place }
        nodes.append(node)
        known[node] = nodes.count - 1
        return nodes.count - 1
    }
}

extension Operation {
    /// Whether it is a convolution, one of its gradients, or a matrix product.
    public var isLinear: Bool {
        switch self {
        case .matrixMultiply, .convolution, .convolutionInputGradient, .convolutionWeightGradient: true
        default: false
        }
    }
}

/// The nearest number with 8 significant bits, ties to even.
public func roundedToBFloat16(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
}
