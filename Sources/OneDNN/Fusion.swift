import Tensors

/// Decides which values are kept in memory and which are computed again where they are used.
///
/// Element-wise operations are fused into the loops that use them, so a value in between is never stored: an activation costs
/// less to compute twice than to write and read. A loop ends at a value that something else needs whole (a convolution, a
/// product, a reshape, an output), at a sum, and where computing twice would cost too much.
struct Fusion {
    /// Whether a node's value has memory of its own.
    let isStored: [Bool]
    /// The fused loops in the order of their first results.
    let loops: [FusedLoop]
    /// When each node's value is there: the index of the node, or of its loop's first result. Sources: -1.
    let positions: [Int]

    /// A value used twice is stored if computing it takes more than this many cheap operations.
    private static let mostRecomputed = 10
    /// A loop with more instructions than this is cut, so that its registers suffice.
    static let mostInstructions = 28

    init(_ graph: Graph, _ layouts: [Layout]) {
        let isStored = Self.stored(graph)
        var builder = LoopBuilder(graph, layouts, isStored)
        builder.build()
        self.isStored = isStored
        loops = builder.loops
        positions = builder.positions
    }

    /// Element-wise operations, constants and broadcasts can be computed inside a loop.
    static func isFusible(_ operation: Operation) -> Bool {
        switch operation {
        case .unary, .binary, .constant, .broadcast: true
        default: false
        }
    }

    private static func stored(_ graph: Graph) -> [Bool] {
        let uses = Uses(graph)
        var stored = graph.nodes.map { !isFusible($0.operation) }
        var costs = [Int](repeating: 0, count: graph.nodes.count)
        var lengths = costs
        for (index, node) in graph.nodes.enumerated() where isFusible(node.operation) {
            let inlined = node.inputs.filter { !stored[$0] && isInlined($0, into: node) }
            costs[index] = cost(node.operation) + inlined.reduce(0) { $0 + costs[$1] }
            lengths[index] = 1 + inlined.reduce(0) { $0 + lengths[$1] }
            let isRepeated = uses.loops[index] > 1 && costs[index] > mostRecomputed
            stored[index] = uses.isNeededWhole[index] || isRepeated || lengths[index] > mostInstructions / 2
        }
        return stored
    }

    private static func isInlined(_ input: Int, into node: Graph.Node) -> Bool {
        if case .broadcast = node.operation { false } else { true }
    }

    private static func cost(_ operation: Operation) -> Int {
        switch operation {
        case .unary(.exponential), .unary(.logarithm), .unary(.tanh), .unary(.sigmoid), .unary(.softplus): 12
        case .unary(.squareRoot), .binary(.divide): 5
        case .constant, .broadcast: 0
        default: 1
        }
    }
}

/// Who uses each value.
private struct Uses {
    /// How many element-wise operations and sums use the value.
    var loops: [Int]
    /// Whether something needs the whole value in memory.
    var isNeededWhole: [Bool]

    init(_ graph: Graph) {
        loops = Array(repeating: 0, count: graph.nodes.count)
        isNeededWhole = Array(repeating: false, count: graph.nodes.count)
        for node in graph.nodes {
            for input in node.inputs {
                switch node.operation {
                case .unary, .binary, .sum: loops[input] += 1
                case .broadcast where graph.nodes[input].operation.isConstant: loops[input] += 1
                default: isNeededWhole[input] = true
                }
            }
        }
        for output in graph.outputNodes { isNeededWhole[output] = true }
    }
}

/// A loop over all elements of one shape that computes one or more stored values.
struct FusedLoop {
    /// A node of the shape and layout looped over: a result itself, or what a sum adds up.
    let domain: Int
    /// The nodes whose values the loop stores, in order.
    var results: [Int]
    /// The index of the first result: when the loop runs.
    let position: Int
    var length: Int
}

/// Collects the loops, letting results over the same shape share one where all that they read is there in time.
private struct LoopBuilder {
    let graph: Graph
    let layouts: [Layout]
    let isStored: [Bool]
    var loops: [FusedLoop] = []
    var positions: [Int]

    init(_ graph: Graph, _ layouts: [Layout], _ isStored: [Bool]) {
        self.graph = graph
        self.layouts = layouts
        self.isStored = isStored
        positions = Array(repeating: -1, count: graph.nodes.count)
    }

    mutating func build() {
        for (index, node) in graph.nodes.enumerated() where isStored[index] {
            switch node.operation {
            case .input, .parameter, .statistic: continue
            case .unary, .binary, .constant, .broadcast: place(index, over: index)
            case .sum: place(index, over: node.inputs[0])
            case .reshape where layouts[index].canonical == layouts[node.inputs[0]].canonical:
                positions[index] = positions[node.inputs[0]]
            default: positions[index] = index
            }
        }
    }

    private mutating func place(_ index: Int, over domain: Int) {
        let reads = Reads(of: index, graph, isStored)
        let host = loops.lastIndex { canHost(reads, $0, domain) }
        let loop = host ?? loops.count
        if host == nil { loops.append(FusedLoop(domain: domain, results: [], position: index, length: 0)) }
        loops[loop].results.append(index)
        loops[loop].length += reads.length
        positions[index] = loops[loop].position
    }

    private func canHost(_ reads: Reads, _ loop: FusedLoop, _ domain: Int) -> Bool {
        let fits =
            graph.nodes[loop.domain].shape == graph.nodes[domain].shape && layouts[loop.domain] == layouts[domain]
        guard fits, loop.results.count < 8, loop.length + reads.length <= Fusion.mostInstructions else {
            return false
        }
        return reads.stretched.allSatisfy { positions[$0] < loop.position }
            && reads.whole.allSatisfy { positions[$0] < loop.position || isMade($0, element: loop) }
    }

    /// Whether the loop itself makes this value, element by element.
    private func isMade(_ node: Int, element loop: FusedLoop) -> Bool {
        if case .sum = graph.nodes[node].operation { return false }
        return loop.results.contains(node)
    }
}

/// The stored values that computing a result reads.
private struct Reads {
    var whole: Set<Int> = []
    var stretched: Set<Int> = []
    var length = 0

    init(of result: Int, _ graph: Graph, _ isStored: [Bool]) {
        visit(result, graph, isStored)
    }

    private mutating func visit(_ node: Int, _ graph: Graph, _ isStored: [Bool]) {
        length += 1
        if case .broadcast = graph.nodes[node].operation {
            stretched.formUnion(graph.nodes[node].inputs)
            return
        }
        for input in graph.nodes[node].inputs {
            if isStored[input] { whole.insert(input) } else { visit(input, graph, isStored) }
        }
    }
}

extension Operation {
    /// Whether the value is brought by the caller.
    var isSource: Bool {
        switch self {
        case .input, .parameter, .statistic: true
        default: false
        }
    }

    var isConstant: Bool {
        if case .constant = self { true } else { false }
    }
}
