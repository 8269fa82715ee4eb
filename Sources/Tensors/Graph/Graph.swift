/// A finished computation: the nodes that lead to some outputs, in an order in which they can be computed.
///
/// Equal operations on equal operands appear once, and `stopGradient` not at all. The buffers of parameters, statistics,
/// inputs and outputs are laid out by slice tables.
public struct Graph: Sendable {
    public struct Node: Hashable, Sendable {
        public let operation: Operation
        /// Indices of the operands in `nodes`, all smaller than the node's own.
        public let inputs: [Int]
        public let shape: Shape
    }

    public let nodes: [Node]
    public let parameters: SliceTable
    public let statistics: SliceTable
    public let inputs: SliceTable
    /// The buffer of results, a slice per output in the order given.
    public let outputs: SliceTable
    /// The node of each output slice.
    public let outputNodes: [Int]

    /// Collects what leads to `outputs`.
    ///
    /// Every parameter, statistic and input that is used must be in its table under the same shape; unused entries are fine.
    public init(
        parameters: SliceTable = .init(), statistics: SliceTable = .init(), inputs: SliceTable = .init(),
        outputs: [(name: String, tensor: Tensor)]
    ) {
        var builder = GraphBuilder()
        outputNodes = outputs.map { builder.index(of: $0.tensor, after: outputs.map(\.tensor)) }
        nodes = builder.nodes
        self.parameters = parameters
        self.statistics = statistics
        self.inputs = inputs
        self.outputs = SliceTable(outputs.map { ($0.name, $0.tensor.shape) })
        checkSources()
    }

    /// A graph with the tables of another, and its outputs if nothing else is said.
    package init(_ other: Graph, nodes: [Node], outputNodes: [Int]? = nil) {
        self.nodes = nodes
        self.outputNodes = outputNodes ?? other.outputNodes
        parameters = other.parameters
        statistics = other.statistics
        inputs = other.inputs
        outputs = other.outputs
    }

    /// The extent of the first axis of the noise in the graph: the number of examples a run has keys for, or nil.
    public var noiseRows: Int? {
        nodes.first { if case .noise = $0.operation { true } else { false } }?.shape[0]
    }

    private func checkSources() {
        for node in nodes {
            switch node.operation {
            case .input(let name): check(name, node.shape, inputs, "inputs")
            case .parameter(let name): check(name, node.shape, parameters, "parameters")
            case .statistic(let name): check(name, node.shape, statistics, "statistics")
            default: break
            }
        }
    }

    private func check(_ name: String, _ shape: Shape, _ table: SliceTable, _ kind: String) {
        let slice = table[name]
        precondition(slice != nil, "\(name) is not among the graph's \(kind)")
        precondition(slice?.shape == shape, "\(name) is \(shape) in the graph and \(slice!.shape) among its \(kind)")
    }
}

/// Numbers the nodes of a graph: reachable ones only, in the order they were made, equal ones once.
private struct GraphBuilder {
    var nodes: [Graph.Node] = []
    private var known: [Graph.Node: Int] = [:]
    private var indices: [ObjectIdentifier: Int] = [:]
    private var isCollected = false

    /// The index of a tensor, after all that lead to `outputs` have been numbered.
    mutating func index(of tensor: Tensor, after outputs: [Tensor]) -> Int {
        if !isCollected {
            for node in Self.reachable(from: outputs) { number(node) }
            isCollected = true
        }
        return indices[ObjectIdentifier(tensor.node)]!
    }

    private mutating func number(_ node: Node) {
        let inputs = node.inputs.map { indices[ObjectIdentifier($0.node)]! }
        if case .stopGradient = node.operation {
            indices[ObjectIdentifier(node)] = inputs[0]
            return
        }
        let entry = Graph.Node(operation: node.operation, inputs: inputs, shape: node.shape)
        let index = known[entry] ?? nodes.count
        if index == nodes.count { nodes.append(entry) }
        known[entry] = index
        indices[ObjectIdentifier(node)] = index
    }

    private static func reachable(from outputs: [Tensor]) -> [Node] {
        var found: [ObjectIdentifier: Node] = [:]
        var pending = outputs.map(\.node)
        while let node = pending.popLast() {
            guard found.updateValue(node, forKey: ObjectIdentifier(node)) == nil else { continue }
            pending += node.inputs.map(\.node)
        }
        return found.values.sorted { $0.serial < $1.serial }
    }
}
