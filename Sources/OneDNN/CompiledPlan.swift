import CKernels
import COneDNN
import Tensors

/// A graph turned into steps over buffers: what an executable does, before memory has addresses.
struct CompiledPlan {
    /// One thing done in a run or a load. Buffers are numbers.
    enum Step {
        case loop(LoopProgram, workspace: Int)
        case kernel(Kernel, bindings: [(slot: tributary_slot, buffer: Int)])
        case copy(StridedCopy)
        case zero(buffer: Int)
        case noise(Operation.Noise, row: Int, rows: Int, staging: Int?, StridedCopy?, buffer: Int)
    }

    /// Where a strided copy reads or writes: planned memory, or an array that the caller brings.
    enum Memory: Hashable {
        case buffer(Int)
        case parameters
        case statistics
        case inputs
        case outputs
    }

    struct StridedCopy {
        let extents: [Int]
        let source: Memory
        let sourceOffset: Int
        let sourceStrides: [Int]
        let target: Memory
        let targetOffset: Int
        let targetStrides: [Int]
    }

    let graph: Graph
    var loads: [Step] = []
    var runs: [Step] = []
    /// Every buffer's size and the steps that use it. Steps of a run count from 0, steps of a load from a negative number, so
    /// that what loads need for a moment shares memory with what runs need.
    private(set) var buffers: [(bytes: Int, life: ClosedRange<Int>?, persists: Bool)] = []

    /// Before the first step of a load.
    private static let beginning = -1_000_000
    var counters = ExecutionCounters()

    private var buffersOfNodes: [Int?]
    /// The node whose memory each node shares: a reshape that changes nothing in memory is another name for its operand.
    let owners: [Int]
    let layouts: [Layout]
    let fusion: Fusion
    let kernelParameters: KernelParameters

    init(_ graph: Graph) throws {
        self.graph = graph
        let splits = AxisSplits(graph).splits
        layouts = graph.nodes.indices.map { Layout.planned(graph.nodes[$0].shape, splits: splits[$0]) }
        fusion = Fusion(graph, layouts)
        kernelParameters = KernelParameters(graph)
        buffersOfNodes = Array(repeating: nil, count: graph.nodes.count)
        owners = Self.owners(graph, layouts)
        try addSteps()
    }

    // MARK: Steps in order

    private mutating func addSteps() throws {
        var loopsAt: [Int: FusedLoop] = [:]
        for loop in fusion.loops { loopsAt[loop.position] = loop }
        // A loop may run before the node of a source that it reads, so sources come first.
        for (index, node) in graph.nodes.enumerated() where node.operation.isSource { try add(index, node) }
        for (index, node) in graph.nodes.enumerated() {
            if node.operation.isSource {
                addOutputs(of: index)
            } else if let loop = loopsAt[index] {
                addLoop(loop)
                for result in loop.results { addOutputs(of: result) }
            } else if fusion.isStored[index], !isLoopResult(node.operation) {
                try add(index, node)
                addOutputs(of: index)
            }
        }
        let last = max(0, runs.count - 1)
        for index in buffers.indices where buffers[index].persists { buffers[index].life = Self.beginning...last }
    }

    private func isLoopResult(_ operation: Operation) -> Bool {
        if case .sum = operation { true } else { Fusion.isFusible(operation) }
    }

    private mutating func add(_ index: Int, _ node: Graph.Node) throws {
        switch node.operation {
        case .parameter(let name): addSource(index, graph.parameters[name]!, .parameters, atLoad: true)
        case .statistic(let name): addSource(index, graph.statistics[name]!, .statistics, atLoad: true)
        case .input(let name): addSource(index, graph.inputs[name]!, .inputs, atLoad: false)
        case .noise(let noise): addNoise(index, noise, node.shape)
        case .reshape: addReshape(index, node)
        case .slice(let start): addBlock(index, of: node.inputs[0], at: start, intoBlock: true)
        case .pad(let start):
            runs.append(.zero(buffer: makeBuffer(for: index)))
            touch(buffer(of: index))
            addBlock(node.inputs[0], of: index, at: start, intoBlock: false)
        case .concatenate(let axis): addConcatenation(index, node, axis)
        case .matrixMultiply(let left, let right): try addProduct(index, node, left, right)
        case .convolution(let window):
            let shapes = (node.inputs.map { graph.nodes[$0].shape }, node.shape)
            let kernel = try Kernel.convolution(
                TRIBUTARY_FORWARD, window, x: shapes.0[0], weight: shapes.0[1], y: shapes.1)
            try addWeighted(index, node, kernel)
        case .convolutionInputGradient(let window):
            let shapes = (node.inputs.map { graph.nodes[$0].shape }, node.shape)
            let kernel = try Kernel.convolution(
                TRIBUTARY_DATA, window, x: shapes.1, weight: shapes.0[1], y: shapes.0[0])
            try addWeighted(index, node, kernel)
        case .convolutionWeightGradient(let window): try addWeightGradient(index, node, window)
        case .unary, .binary, .constant, .broadcast, .sum, .stopGradient:
            preconditionFailure("\(node.operation) belongs to a loop")
        }
    }

    // MARK: Buffers

    private static func owners(_ graph: Graph, _ layouts: [Layout]) -> [Int] {
        var owners = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            guard case .reshape = node.operation else { continue }
            if layouts[index].canonical == layouts[node.inputs[0]].canonical { owners[index] = owners[node.inputs[0]] }
        }
        return owners
    }

    /// The memory of a stored value.
    func buffer(of node: Int) -> Int {
        guard let buffer = buffersOfNodes[owners[node]] else {
            preconditionFailure("node \(node), \(graph.nodes[node].operation), is used before it has memory")
        }
        return buffer
    }

    mutating func newBuffer(bytes: Int, persists: Bool = false) -> Int {
        buffers.append((bytes, nil, persists))
        return buffers.count - 1
    }

    mutating func makeBuffer(for node: Int, persists: Bool = false) -> Int {
        let bytes = graph.nodes[node].shape.count * MemoryLayout<Float>.stride
        let buffer = newBuffer(bytes: bytes, persists: persists)
        buffersOfNodes[node] = buffer
        return buffer
    }

    /// Notes that the step of a run added last uses a buffer.
    mutating func touch(_ buffer: Int) { touch(buffer, at: runs.count - 1) }

    /// Notes that the step of a load added last uses a buffer.
    mutating func touchAtLoad(_ buffer: Int) { touch(buffer, at: Self.beginning + loads.count) }

    private mutating func touch(_ buffer: Int, at step: Int) {
        buffers[buffer].life = buffers[buffer].life.map { $0.lowerBound...step } ?? step...step
    }
}
