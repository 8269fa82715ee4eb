import Tensors

extension Graph {
    /// The same convolutions and matrix products and nothing else: what a step would cost if all the rest were free.
    ///
    /// Operands that are no parameters become statistics, which lie in memory of their own from `load` on. One element of each
    /// result is an output, so that nothing is left out.
    public func linearOperationsAlone() -> Graph {
        var operands = SliceTable()
        var results: [(name: String, tensor: Tensor)] = []
        for (index, node) in nodes.enumerated() where node.isLinear {
            let inputs = node.inputs.map { operand($0, &operands) }
            let result = Tensor(node.operation, inputs, shape: node.shape)
            let corner = [Int](repeating: 0, count: node.shape.rank)
            let element = Shape([Int](repeating: 1, count: node.shape.rank))
            results.append(("result \(index)", result.slice(from: corner, shape: element)))
        }
        return Graph(parameters: parameters, statistics: operands, outputs: results)
    }

    private func operand(_ index: Int, _ table: inout SliceTable) -> Tensor {
        let node = nodes[index]
        if case .parameter(let name) = node.operation { return .parameter(name, node.shape) }
        let name = "operand \(index)"
        if table[name] == nil { table.append(name, node.shape) }
        return .statistic(name, node.shape)
    }
}
