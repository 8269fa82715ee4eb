import Tensors

/// When each value of a graph is computed, so that a layer's work on a few images is done while they are in the cache.
///
/// The computation alternates between *sweeps* and *pauses*. A sweep goes over the microbatch a chunk of examples at a time and
/// does for each chunk all that concerns single examples: a convolution, the normalisation before it, the sums after it. What
/// needs all examples (a mean, a weight's gradient) is complete in the pause after the sweep, where whole-microbatch work such
/// as matrix products is done. Chunks only order the work: the values are those of the whole microbatch.
///
/// Phases count both: phase 0 is the pause before the first sweep, odd phases are sweeps, even ones pauses.
struct Schedule {
    enum Kind {
        /// Brought by the caller, or a constant.
        case source
        /// Computed example by example.
        case rows
        /// Adds up what a sweep makes, over all examples.
        case reduction
        /// Computed in a pause.
        case whole
    }

    let kinds: [Kind]
    /// The phase in which each node is worked on; a reduction is complete in the phase after it.
    let phases: [Int]
    /// Examples of the microbatch, or 0 where nothing is computed in chunks.
    let examples: Int
    /// Examples in a chunk of each phase. Pauses and sweeps without convolutions do everything at once.
    let chunks: [Int]

    /// Operands and result of one call of a convolution should fill about half of the second-level cache.
    static let bytesOfChunk = 700_000

    init(_ graph: Graph, bytesOfChunk: Int = bytesOfChunk) {
        var planner = Planner(graph)
        planner.plan()
        kinds = planner.kinds
        phases = planner.phases
        examples = planner.examples
        chunks = Self.chunks(graph, planner, bytesOfChunk)
    }

    /// The first phase in which later work finds a value complete.
    func complete(_ node: Int) -> Int {
        if case .reduction = kinds[node] { phases[node] + 1 } else { phases[node] }
    }

    func isSweep(_ phase: Int) -> Bool { phase % 2 == 1 }

    /// How many chunks a phase has.
    func count(_ phase: Int) -> Int { isSweep(phase) && examples > 0 ? examples / chunks[phase] : 1 }

    /// The largest chunk that divides the microbatch and keeps each convolution's work on it in the cache.
    private static func chunks(_ graph: Graph, _ planner: Planner, _ bytesOfChunk: Int) -> [Int] {
        let phaseCount = (planner.phases.max() ?? 0) + 2
        var largest = [Int](repeating: 0, count: phaseCount)
        for (index, node) in graph.nodes.enumerated() where node.operation.isConvolution {
            let images = node.inputs.map { graph.nodes[$0].shape } + [node.shape]
            let rows = images.filter { $0[0] == planner.examples }.map { $0.count / planner.examples }
            let bytes = rows.reduce(0, +) * MemoryLayout<Float>.stride
            largest[planner.phases[index]] = max(largest[planner.phases[index]], bytes)
        }
        return largest.map { bytes in
            guard planner.examples > 0 else { return 0 }
            let most = bytes == 0 ? planner.examples : max(1, bytesOfChunk / bytes)
            return (1...min(most, planner.examples)).last { planner.examples % $0 == 0 }!
        }
    }
}

private struct Planner {
    let graph: Graph
    let examples: Int
    var kinds: [Schedule.Kind]
    var phases: [Int]

    init(_ graph: Graph) {
        self.graph = graph
        let convolution = graph.nodes.first { $0.operation.isConvolution }
        examples = convolution.map { graph.nodes[$0.inputs[0]].shape[0] } ?? 0
        kinds = Array(repeating: .whole, count: graph.nodes.count)
        phases = Array(repeating: 0, count: graph.nodes.count)
    }

    mutating func plan() {
        for (index, node) in graph.nodes.enumerated() {
            kinds[index] = kind(node)
            phases[index] = phase(index, node)
        }
    }

    private func kind(_ node: Graph.Node) -> Schedule.Kind {
        let readsRows = node.inputs.contains { kinds[$0] == .rows }
        switch node.operation {
        case .input, .parameter, .statistic, .constant, .noise: return .source
        case .convolution, .convolutionInputGradient:
            return node.shape[0] == examples && kinds[node.inputs[1]] != .rows ? .rows : .whole
        case .convolutionWeightGradient: return graph.nodes[node.inputs[0]].shape[0] == examples ? .reduction : .whole
        case .matrixMultiply: return .whole
        case .sum(let axes): return !readsRows ? .whole : axes.contains(0) ? .reduction : .rows
        case .slice(let start), .pad(let start): return readsRows && keepsRows(node) && start[0] == 0 ? .rows : .whole
        case .concatenate(let axis): return readsRows && keepsRows(node) && axis != 0 ? .rows : .whole
        case .unary, .binary, .broadcast, .reshape, .stopGradient:
            return readsRows && keepsRows(node) ? .rows : .whole
        }
    }

    private func keepsRows(_ node: Graph.Node) -> Bool {
        node.shape.rank > 0 && node.shape[0] == examples
            && node.inputs.allSatisfy { kinds[$0] != .rows || graph.nodes[$0].shape[0] == examples }
    }

    private func phase(_ index: Int, _ node: Graph.Node) -> Int {
        let inputs = node.inputs.map { (kinds[$0], phases[$0]) }
        switch kinds[index] {
        case .source: return 0
        case .rows, .reduction:
            // Rows of the same sweep are there chunk by chunk; anything else must be complete before.
            return inputs.map { $0 == .rows ? $1 : ($0 == .reduction ? $1 + 2 : $1 + 1) }.max() ?? 1
        case .whole:
            return inputs.map { $0 == .rows || $0 == .reduction ? $1 + 1 : $1 }.max() ?? 0
        }
    }
}

extension Operation {
    var isConvolution: Bool {
        switch self {
        case .convolution, .convolutionInputGradient, .convolutionWeightGradient: true
        default: false
        }
    }
}
