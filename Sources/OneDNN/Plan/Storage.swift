import Tensors

/// Where each value is kept: for the whole microbatch, for one chunk of a sweep, or nowhere.
///
/// Element-wise operations are fused into the loops that use them, so a value in between is never stored: an activation costs
/// less to compute twice than to write and read. Stored are values that something else needs in memory (a convolution, a
/// product, a reshape, an output), sums, and what would cost too much twice. What only the sweep itself uses is stored for a
/// chunk; a cheap value that kernels of several sweeps need is computed again in each of them.
struct Storage {
    enum Place: Hashable {
        /// Computed again wherever it is used.
        case nowhere
        /// In memory for all examples from its own phase on.
        case whole
        /// In memory for a chunk, in each of these sweeps.
        case chunk(phases: Set<Int>)
    }

    let places: [Place]

    /// A value used twice is stored if computing it takes more than this many cheap operations.
    private static let mostRecomputed = 10
    /// A loop with more instructions than this is cut, so that its registers suffice.
    static let mostInstructions = 28

    init(_ graph: Graph, _ schedule: Schedule, _ parameters: KernelParameters, owners: [Int]) {
        let wanted = Self.wanted(graph)
        var uses = PhasesOfUse(graph, schedule, parameters, owners)
        var places = [Place](repeating: .nowhere, count: graph.nodes.count)
        for index in graph.nodes.indices.reversed() {
            places[index] = Self.place(index, graph, schedule, uses, wanted)
            uses.visit(index, places[index])
        }
        for index in places.indices where owners[index] != index { places[index] = places[owners[index]] }
        self.places = places
    }

    /// Whether a value is in memory while a phase works.
    func isStored(_ node: Int, in phase: Int) -> Bool {
        switch places[node] {
        case .nowhere: false
        case .whole: true
        case .chunk(let phases): phases.contains(phase)
        }
    }

    /// Element-wise operations, constants and broadcasts can be computed inside a loop.
    static func isFusible(_ operation: Operation) -> Bool {
        switch operation {
        case .unary, .binary, .constant, .broadcast: true
        default: false
        }
    }

    private static func place(
        _ index: Int, _ graph: Graph, _ schedule: Schedule, _ uses: PhasesOfUse, _ wanted: Wanted
    ) -> Place {
        let operation = graph.nodes[index].operation
        let needed = uses.inMemory[index]
        if isFusible(operation), needed.isEmpty, !wanted.isStored[index] { return .nowhere }
        guard case .rows = schedule.kinds[index] else { return .whole }
        let all = needed.union(uses.inLoops[index])
        let own = schedule.phases[index]
        if all.isSubset(of: [own]) { return .chunk(phases: [own]) }
        let isCheap = isFusible(operation) && !wanted.isCostly[index] && !wanted.isStored[index]
        return isCheap && !needed.isEmpty && needed.allSatisfy(schedule.isSweep) ? .chunk(phases: needed) : .whole
    }

    /// What should be stored wherever it is used.
    private struct Wanted {
        var isStored: [Bool]
        var isCostly: [Bool]
    }

    private static func wanted(_ graph: Graph) -> Wanted {
        var wanted = Wanted(
            isStored: Array(repeating: false, count: graph.nodes.count),
            isCostly: Array(repeating: false, count: graph.nodes.count))
        var costs = [Int](repeating: 0, count: graph.nodes.count)
        let loops = usesInLoops(graph)
        for (index, node) in graph.nodes.enumerated() where isFusible(node.operation) {
            let inlined = node.inputs.filter { isFusible(graph.nodes[$0].operation) && !node.operation.isBroadcast }
            costs[index] = cost(node.operation) + inlined.reduce(0) { $0 + (wanted.isStored[$1] ? 0 : costs[$1]) }
            wanted.isCostly[index] = costs[index] > mostRecomputed
            wanted.isStored[index] =
                loops[index] > 1 && wanted.isCostly[index]
                || length(index, graph, wanted.isStored) > mostInstructions * 2 / 3
        }
        return wanted
    }

    /// How many values are computed for one, itself included.
    private static func length(_ node: Int, _ graph: Graph, _ isStored: [Bool]) -> Int {
        var (found, pending) = (Set<Int>([node]), [node])
        while let next = pending.popLast() {
            // A stretched value is read, not computed.
            let inputs = graph.nodes[next].operation.isBroadcast ? [] : graph.nodes[next].inputs
            for input in inputs where isFusible(graph.nodes[input].operation) && !isStored[input] {
                if found.insert(input).inserted { pending.append(input) }
            }
        }
        return found.count
    }

    private static func usesInLoops(_ graph: Graph) -> [Int] {
        var uses = [Int](repeating: 0, count: graph.nodes.count)
        for node in graph.nodes {
            switch node.operation {
            case .unary, .binary, .sum: for input in node.inputs { uses[input] += 1 }
            default: break
            }
        }
        return uses
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

/// The phases in which each value is used, found from the outputs backwards.
private struct PhasesOfUse {
    /// By something that needs it in memory.
    private(set) var inMemory: [Set<Int>]
    /// By loops, which could compute it themselves.
    private(set) var inLoops: [Set<Int>]
    private let graph: Graph
    private let schedule: Schedule
    private let parameters: KernelParameters
    private let owners: [Int]

    init(_ graph: Graph, _ schedule: Schedule, _ parameters: KernelParameters, _ owners: [Int]) {
        self.graph = graph
        self.parameters = parameters
        self.schedule = schedule
        self.owners = owners
        inMemory = Array(repeating: [], count: graph.nodes.count)
        inLoops = inMemory
        for node in graph.outputNodes { inMemory[node].insert(schedule.complete(node)) }
    }

    /// Passes on what using a value at its place means for its operands.
    mutating func visit(_ index: Int, _ place: Storage.Place) {
        let node = graph.nodes[index]
        let phases = phasesOfWork(index, place)
        if owners[index] != index {
            inMemory[node.inputs[0]].formUnion(inMemory[index].union(inLoops[index]))
            // A name for all rows at once, such as a flattened batch, needs all of them.
            if schedule.kinds[index] != .rows { inMemory[node.inputs[0]].insert(schedule.phases[index]) }
            return
        }
        for (position, input) in node.inputs.enumerated()
        where !parameters.isPacked(input, as: position, of: node.operation) {
            let isLoop: Bool =
                switch node.operation {
                case .unary, .binary, .sum: true
                case .broadcast: graph.nodes[input].operation.isConstant
                default: false
                }
            if isLoop { inLoops[input].formUnion(phases) } else { inMemory[input].formUnion(phases) }
        }
    }

    private func phasesOfWork(_ index: Int, _ place: Storage.Place) -> Set<Int> {
        switch place {
        case .nowhere: inMemory[index].union(inLoops[index])
        case .whole: [schedule.phases[index]]
        // Where it is not stored, loops compute it themselves.
        case .chunk(let phases): Storage.isFusible(graph.nodes[index].operation) ? phases.union(inLoops[index]) : phases
        }
    }
}

extension Operation {
    /// Whether the value is made from no other: brought by the caller, or random.
    var isSource: Bool {
        switch self {
        case .input, .parameter, .statistic, .noise: true
        default: false
        }
    }

    var isConstant: Bool {
        if case .constant = self { true } else { false }
    }

    var isBroadcast: Bool {
        if case .broadcast = self { true } else { false }
    }
}
