import Tensors

/// A loop over all elements of one shape that computes one or more stored values.
struct FusedLoop {
    /// A node of the shape and layout looped over: a result itself, or what a sum adds up.
    let domain: Int
    let phase: Int
    /// The nodes whose values the loop stores, in order.
    var results: [Int]
    /// The first result: the loop runs at its place in the order of nodes.
    var position: Int { results[0] }
    var length: Int
}

/// Collects the loops, letting results over the same shape share one where all that they read is there in time.
struct FusedLoops {
    private(set) var loops: [FusedLoop] = []

    private let graph: Graph
    private let layouts: [Layout]
    private let schedule: Schedule
    private let storage: Storage
    private let owners: [Int]
    /// The loops of each phase.
    private var ofPhase: [Int: [Int]] = [:]
    /// When a value is there: the position of its loop in a phase, or its own.
    private var positions: [PhasedNode: Int] = [:]

    struct PhasedNode: Hashable {
        let node: Int
        let phase: Int
    }

    init(_ graph: Graph, _ layouts: [Layout], _ schedule: Schedule, _ storage: Storage, owners: [Int]) {
        self.graph = graph
        self.owners = owners
        self.layouts = layouts
        self.schedule = schedule
        self.storage = storage
        for (index, node) in graph.nodes.enumerated() where owners[index] == index {
            switch node.operation {
            case .unary, .binary, .constant, .broadcast:
                for phase in phases(of: index) { place(index, phase, over: index) }
            case .sum: place(index, schedule.phases[index], over: node.inputs[0])
            default: break
            }
        }
    }

    private func phases(of node: Int) -> [Int] {
        switch storage.places[node] {
        case .nowhere: []
        case .whole: [schedule.phases[node]]
        case .chunk(let phases): phases.sorted()
        }
    }

    private mutating func place(_ index: Int, _ phase: Int, over domain: Int) {
        let reads = Reads(of: index, in: phase, graph, storage)
        let host = ofPhase[phase, default: []].last { canHost(reads, $0, domain) }
        let loop = host ?? loops.count
        if host == nil {
            loops.append(FusedLoop(domain: domain, phase: phase, results: [], length: 0))
            ofPhase[phase, default: []].append(loop)
        }
        loops[loop].results.append(index)
        loops[loop].length += reads.length
        positions[PhasedNode(node: index, phase: phase)] = loops[loop].position
    }

    private func canHost(_ reads: Reads, _ number: Int, _ domain: Int) -> Bool {
        let loop = loops[number]
        let fits =
            graph.nodes[loop.domain].shape == graph.nodes[domain].shape && layouts[loop.domain] == layouts[domain]
        guard fits, loop.results.count < 8, loop.length + reads.length <= Storage.mostInstructions else { return false }
        return reads.stretched.allSatisfy { position($0, loop.phase) < loop.position }
            && reads.whole.allSatisfy { position($0, loop.phase) < loop.position || isMade($0, element: loop) }
    }

    /// The place in a phase's order after which a value is there, -1 if it is from the beginning.
    private func position(_ node: Int, _ phase: Int) -> Int {
        let owner = owners[node]
        if let position = positions[PhasedNode(node: owner, phase: phase)] { return position }
        return graph.nodes[owner].operation.isSource || schedule.phases[owner] != phase ? -1 : owner
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

    init(of result: Int, in phase: Int, _ graph: Graph, _ storage: Storage) {
        visit(result, phase, graph, storage)
    }

    private mutating func visit(_ node: Int, _ phase: Int, _ graph: Graph, _ storage: Storage) {
        length += 1
        if case .broadcast = graph.nodes[node].operation {
            stretched.formUnion(graph.nodes[node].inputs)
            return
        }
        for input in graph.nodes[node].inputs {
            if storage.isStored(input, in: phase) { whole.insert(input) } else { visit(input, phase, graph, storage) }
        }
    }
}
