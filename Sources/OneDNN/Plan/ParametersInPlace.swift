import Tensors

/// Parameters that nothing but matrix products reads, and that lie in the caller's memory as they are needed: kernels read them
/// there.
///
/// `mlp` copied all of its weights in every step; its 128 images meet each of them twice.
struct ParametersInPlace {
    let nodes: Set<Int>

    init(_ graph: Graph, _ layouts: [Layout], _ isHalf: [Bool]) {
        var found = Set<Int>()
        for (index, node) in graph.nodes.enumerated() where !isHalf[index] && layouts[index].isRowMajor(node.shape) {
            if case .parameter = node.operation { found.insert(index) }
        }
        found.subtract(graph.outputNodes)
        for node in graph.nodes {
            if case .matrixMultiply = node.operation { continue }
            found.subtract(node.inputs)
        }
        nodes = found
    }
}

extension Graph {
    /// The same graph with roundings of parameters as sources, where they lie in memory as halves: they are the same in all runs.
    func loadingRoundings(where isHalf: (Int) -> Bool) -> Graph {
        let nodes = nodes.enumerated().map { index, node in
            guard case .unary(.bfloat16) = node.operation, isHalf(index) else { return node }
            let parameter = self.nodes[node.inputs[0]]
            guard case .parameter = parameter.operation else { return node }
            return parameter
        }
        return Graph(self, nodes: nodes)
    }
}
