import Tensors

extension Graph.Node {
    /// Whether this is a convolution, one of its gradients or a matrix product.
    public var isLinear: Bool {
        switch operation {
        case .matrixMultiply, .convolution, .convolutionInputGradient, .convolutionWeightGradient: true
        default: false
        }
    }
}

extension Graph {
    /// Multiplications and additions of a linear node, as its definition counts them; 0 for other nodes.
    ///
    /// A convolution of x (B, I, H, W) with a weight (O, I, h, w) to y (B, O, H′, W′) takes 2 · B · O · H′ · W′ · I · h · w, and so does
    /// each of its gradients; where the window hangs over the border, the zeros count too.
    public func floatingPointOperations(ofNode index: Int) -> Double {
        let node = nodes[index]
        let operands = node.inputs.map { nodes[$0].shape }
        switch node.operation {
        case .matrixMultiply(let transposeLeft, _):
            return 2 * Double(node.shape.count) * Double(operands[0][transposeLeft ? 0 : 1])
        case .convolution: return Self.convolution(y: node.shape, weight: operands[1])
        case .convolutionInputGradient: return Self.convolution(y: operands[0], weight: operands[1])
        case .convolutionWeightGradient: return Self.convolution(y: operands[1], weight: node.shape)
        default: return 0
        }
    }

    /// Multiplications and additions of all linear nodes in a run.
    public var linearFloatingPointOperations: Double {
        nodes.indices.reduce(0) { $0 + floatingPointOperations(ofNode: $1) }
    }

    private static func convolution(y: Shape, weight: Shape) -> Double {
        2 * Double(y.count) * Double(weight.count / weight[0])
    }
}
