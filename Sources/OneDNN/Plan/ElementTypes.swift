import Tensors

/// Which values lie in memory as bfloat16, and which names share memory.
///
/// A rounded value that only loops and kernels read lies in two bytes an element. A convolution that is read only through its
/// rounding gives the rounded values itself, so the rounding is another name for its result.
struct ElementTypes {
    let isHalf: [Bool]
    /// The node whose memory each node shares: a reshape that changes nothing in memory is another name for its operand.
    let owners: [Int]

    init(_ graph: Graph, _ layouts: [Layout]) {
        var finder = Finder(graph, layouts)
        finder.find()
        isHalf = finder.owners.map { finder.isHalf[$0] }
        owners = finder.owners
    }
}

private struct Finder {
    let graph: Graph
    let layouts: [Layout]
    private let consumers: [[Int]]
    private let isOutput: [Bool]
    var owners: [Int]
    var isHalf: [Bool]

    init(_ graph: Graph, _ layouts: [Layout]) {
        self.graph = graph
        self.layouts = layouts
        owners = Array(graph.nodes.indices)
        isHalf = Array(repeating: false, count: graph.nodes.count)
        var consumers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in Set(node.inputs) { consumers[input].append(index) }
        }
        self.consumers = consumers
        var isOutput = isHalf
        for node in graph.outputNodes { isOutput[node] = true }
        self.isOutput = isOutput
    }

    mutating func find() {
        for index in graph.nodes.indices where isRounding(index) { isHalf[index] = canBeHalf(index) }
        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .convolution, .convolutionInputGradient:
                isHalf[index] =
                    !isOutput[index] && !CompiledPlan.isNarrow(node, graph)
                    && consumers[index].allSatisfy { isRounding($0) && isHalf[$0] } && !consumers[index].isEmpty
            case .unary(.bfloat16) where isHalf[index] && isHalf[owners[node.inputs[0]]]:
                owners[index] = owners[node.inputs[0]]
            case .reshape where isAlias(index): owners[index] = owners[node.inputs[0]]
            default: break
            }
        }
    }

    private func isRounding(_ index: Int) -> Bool { graph.nodes[index].operation == .unary(.bfloat16) }

    private func isAlias(_ reshape: Int) -> Bool {
        layouts[reshape].canonical == layouts[graph.nodes[reshape].inputs[0]].canonical
    }

    /// Whether everything that reads a value can read two-byte elements.
    private func canBeHalf(_ index: Int) -> Bool {
        !isOutput[index]
            && consumers[index].allSatisfy { consumer in
                let operation = graph.nodes[consumer].operation
                switch operation {
                case .unary, .binary, .sum: return true
                case .reshape: return isAlias(consumer) && canBeHalf(consumer)
                default: return operation.isLinear
                }
            }
    }
}
