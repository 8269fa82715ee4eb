import CKernels
import COneDNN
import Tensors

/// A graph turned into steps over buffers: what an executable does, before memory has addresses.
struct CompiledPlan {
    /// One thing done in a run or a load. Buffers are numbers.
    enum Step {
        /// `memory` has the buffers of the program's operands, then of its stores.
        case loop(LoopProgram, memory: [Int], workspace: Int)
        /// `callers` is memory of the kernel that the caller brings; the ways that are `sparse` come first.
        case kernel(Kernel, [Binding], callers: [CallersBinding] = [], sparse: [SparseProduct] = [])
        /// Adds what a chunk gives to the gradient of a convolution's weight; `kept` tells which channels are not zero.
        case weightGradient(
            tributary_weight_gradient, images: Int, isHalf: Bool, Binding, Binding, kept: Binding?, scratch: Int,
            sums: Int)
        /// A convolution or its input gradient by a kernel of the engine's own, and the packing of its weight; `needed` tells which
        /// channels must be made.
        case convolution(
            OwnConvolution, images: Int, Binding, kept: Binding?, needed: Binding?, packed: Int, scratch: Int, Binding)
        case packing(OwnConvolution, from: Int, to: Int)
        case copy(StridedCopy)
        /// Rounds so many of the caller's parameters, or of a buffer's floats, to bfloat16.
        case rounding(Memory, offset: Int, count: Int, to: Int)
        /// Adds up the windows of a transposed convolution.
        case columns(tributary_columns, images: Int, products: Int, row: Int, Binding)
        /// Zeros in one chunk's part of a buffer.
        case zero(Binding, bytes: Int)
        case noise(Operation.Noise, row: Int, rows: Int, staging: Int?, StridedCopy?, buffer: Int)
    }

    /// What a step reads or writes: planned memory, or an array that the caller brings.
    enum Memory: Hashable {
        case buffer(Int)
        case parameters
        case statistics
        case inputs
        case outputs
    }

    struct StridedCopy {
        var extents: [Int]
        let source: Memory
        let sourceOffset: Int
        var sourceStrides: [Int]
        var sourceChunkStride = 0
        let target: Memory
        let targetOffset: Int
        var targetStrides: [Int]
        var targetChunkStride = 0
        /// Whether elements have two bytes.
        var isHalf = false

        /// The same copy with neighbouring axes that count on in both places as one.
        var collapsed: StridedCopy {
            var copy = self
            for axis in stride(from: extents.count - 2, through: 0, by: -1) {
                let inner = copy.extents[axis + 1]
                guard copy.sourceStrides[axis] == copy.sourceStrides[axis + 1] * inner,
                    copy.targetStrides[axis] == copy.targetStrides[axis + 1] * inner
                else { continue }
                copy.extents[axis] *= inner
                copy.extents.remove(at: axis + 1)
                copy.sourceStrides.remove(at: axis)
                copy.targetStrides.remove(at: axis)
            }
            return copy
        }

        /// The same copy with the axis along which it writes last, and the one along which it reads next to it, so that blocks
        /// of both can be turned in registers.
        var ordered: StridedCopy {
            var order = extents.indices.sorted { targetStrides[$0] > targetStrides[$1] }
            if let reads = order.dropLast().firstIndex(where: { sourceStrides[$0] == 1 }), order.count > 2 {
                order.insert(order.remove(at: reads), at: order.count - 1)
            }
            var copy = self
            copy.extents = order.map { extents[$0] }
            copy.sourceStrides = order.map { sourceStrides[$0] }
            copy.targetStrides = order.map { targetStrides[$0] }
            return copy
        }
    }

    /// Memory of a kernel: a buffer, and how many bytes further the next chunk lies.
    struct Binding {
        let slot: tributary_slot
        let buffer: Int
        var chunkStride = 0
    }

    /// Memory of a kernel that the caller brings: where it begins, in floats from the beginning of his array.
    struct CallersBinding {
        let slot: tributary_slot
        let memory: Memory
        let offset: Int
    }

    /// Steps of a run that are done one after another for each chunk in turn.
    struct Segment {
        let steps: Range<Int>
        let chunks: Int
        /// Whether the last chunk comes first.
        let isReversed: Bool
        /// The parts of the output that are final afterwards.
        let outputs: [Range<Int>]

        var turns: some Sequence<Turn> {
            (0..<chunks).lazy.map { number in
                Turn(
                    chunk: chunk(number), isFirst: number == 0, next: number + 1 < chunks ? chunk(number + 1) : nil)
            }
        }

        private func chunk(_ number: Int) -> Int { isReversed ? chunks - 1 - number : number }
    }

    /// One pass over the steps of a segment.
    struct Turn {
        let chunk: Int
        /// Whether sums begin with it.
        let isFirst: Bool
        /// The chunk after this one, if any.
        let next: Int?

        static let only = Turn(chunk: 0, isFirst: true, next: nil)
    }

    /// Roundings of parameters that lie in memory as halves are sources here: they are made when parameters are loaded.
    let graph: Graph
    var loads: [Step] = []
    var runs: [Step] = []
    /// Every buffer's size and the steps that use it. Steps of a run count from 0, steps of a load from a negative number, so
    /// that what loads need for a moment shares memory with what runs need.
    private(set) var buffers: [Buffer] = []

    struct Buffer {
        let bytes: Int
        var life: ClosedRange<Int>?
        let persists: Bool
        /// Whether it holds the values of all chunks.
        let isWhole: Bool
    }

    /// Before the first step of a load.
    private static let beginning = -1_000_000
    var counters = ExecutionCounters()

    private(set) var segments: [Segment] = []
    /// Values that kernels write where the caller wants them.
    var directOutputs: Set<Int> = []
    /// Gradients of weights that a sweep adds up.
    var runningGradients: [Int: RunningGradient] = [:]
    private var buffersOfNodes: [FusedLoops.PhasedNode: Int] = [:]
    /// The node whose memory each node shares.
    let owners: [Int]
    /// Whether a value lies in memory as bfloat16.
    let isHalf: [Bool]
    let layouts: [Layout]
    let schedule: Schedule
    let storage: Storage
    /// The phase whose steps are being added.
    private(set) var phase = 0
    /// Parts of the output that the phase's steps write.
    private var outputsOfPhase: [Range<Int>] = []
    let kernelParameters: KernelParameters
    /// Flat nodes whose images are turned, by choice.
    let turned: Set<Int>
    /// Parameters that kernels read where the caller has them.
    let parametersInPlace: Set<Int>
    let droppedChannels: DroppedChannels
    let sparseValues: SparseValues
    /// Noise that says which channels are left out.
    private(set) var buffersOfKeptChannels: Set<Int> = []
    private let usesOwnConvolutions: Bool

    /// - Parameters:
    ///   - bytesOfChunk: What one call of a convolution may read and write.
    ///   - usesOwnConvolutions: Whether convolutions and input gradients may be by the engine's own kernels.
    init(_ graph: Graph, bytesOfChunk: Int = Schedule.bytesOfChunk, usesOwnConvolutions: Bool = true) throws {
        self.usesOwnConvolutions = usesOwnConvolutions
        let axes = AxisSplits(graph)
        let splits = axes.splits
        turned = axes.turned
        let layouts = graph.nodes.indices.map { Layout.planned(graph.nodes[$0].shape, splits: splits[$0]) }
        let types = ElementTypes(graph, layouts)
        (owners, isHalf) = (types.owners, types.isHalf)
        let original = graph
        let graph = original.loadingRoundings(where: { types.isHalf[$0] })
        self.graph = graph
        self.layouts = layouts
        kernelParameters = KernelParameters(original, loading: graph)
        parametersInPlace = ParametersInPlace(graph, layouts, isHalf).nodes
        schedule = Schedule(graph, bytesOfChunk: bytesOfChunk)
        droppedChannels = DroppedChannels(graph)
        sparseValues = SparseValues(graph)
        storage = Storage(graph, schedule, kernelParameters, owners: owners)
        try addSteps()
    }

    // MARK: Steps in order

    private mutating func addSteps() throws {
        let loops = FusedLoops(graph, layouts, schedule, storage, owners: owners).loops
        let loopsOfPhases = Dictionary(grouping: loops, by: \.phase)
        let nodesOfPhases = Dictionary(grouping: graph.nodes.indices) { schedule.phases[$0] }
        for phase in 0...(schedule.phases.max() ?? 0) + 1 {
            self.phase = phase
            let first = runs.count
            for node in nodesOfPhases[phase - 1, default: []] where schedule.complete(node) == phase {
                addEndOfReduction(node)
                addOutputs(of: node)
            }
            let nodes = nodesOfPhases[phase, default: []]
            try addSteps(nodes, loopsOfPhases[phase, default: []])
            for node in nodes where schedule.complete(node) == phase { addOutputs(of: node) }
            // Every other sweep goes backwards: the chunks that the one before worked on last are still in the cache.
            end(
                Segment(
                    steps: first..<runs.count, chunks: schedule.count(phase), isReversed: phase % 4 == 3,
                    outputs: takeOutputs()))
        }
        let last = max(0, runs.count - 1)
        for index in buffers.indices where buffers[index].persists { buffers[index].life = Self.beginning...last }
    }

    private mutating func addSteps(_ nodes: [Int], _ loops: [FusedLoop]) throws {
        var loopsAt: [Int: FusedLoop] = [:]
        for loop in loops { loopsAt[loop.position] = loop }
        // A loop may run before the node of a source that it reads, and a convolution before the noise by which its results are
        // multiplied, so they come first.
        for index in nodes where graph.nodes[index].operation.isSource { try add(index, graph.nodes[index]) }
        for index in Set(nodes).union(loopsAt.keys).sorted() {
            let node = graph.nodes[index]
            if let loop = loopsAt[index] {
                addLoop(loop)
            } else if !node.operation.isSource, !isLoopResult(node.operation), schedule.phases[index] == phase {
                try add(index, node)
            }
        }
    }

    /// In a sweep, what is kept for all examples is touched by every chunk: it must outlast the last.
    private mutating func end(_ segment: Segment) {
        guard !segment.steps.isEmpty else { return }
        segments.append(segment)
        let (first, last) = (segment.steps.lowerBound, segment.steps.upperBound - 1)
        for index in buffers.indices where segment.chunks > 1 && buffers[index].isWhole {
            guard let life = buffers[index].life, life.overlaps(first...last) else { continue }
            buffers[index].life = min(life.lowerBound, first)...max(life.upperBound, last)
        }
    }

    private func isLoopResult(_ operation: Operation) -> Bool {
        if case .sum = operation { true } else { Storage.isFusible(operation) }
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
            let target = result(TRIBUTARY_RESULT, index)
            runs.append(.zero(target, bytes: inChunks(node.shape).count * size(index)))
            touch(target.buffer)
            addBlock(node.inputs[0], of: index, at: start, intoBlock: false)
        case .concatenate(let axis): addConcatenation(index, node, axis)
        case .matrixMultiply(let left, let right): try addProduct(index, node, left, right)
        case .convolution(let window):
            if usesOwnConvolutions, let own = ownConvolution(index, node, window) {
                return addOwnConvolution(index, node, own)
            }
            let shapes = (node.inputs.map { graph.nodes[$0].shape }, node.shape)
            let kernel = try Kernel.convolution(
                TRIBUTARY_FORWARD, window, x: inChunks(shapes.0[0]), weight: shapes.0[1], y: inChunks(shapes.1),
                operands: element(node.inputs[0]), result: element(index))
            try addWeighted(index, node, kernel)
        case .convolutionInputGradient(let window):
            if Self.isNarrow(node, graph) { return try addNarrowTransposedConvolution(index, node, window) }
            if usesOwnConvolutions, let own = ownConvolution(index, node, window) {
                return addOwnConvolution(index, node, own)
            }
            let shapes = (node.inputs.map { graph.nodes[$0].shape }, node.shape)
            let kernel = try Kernel.convolution(
                TRIBUTARY_DATA, window, x: inChunks(shapes.1), weight: shapes.0[1], y: inChunks(shapes.0[0]),
                operands: element(node.inputs[0]), result: element(index))
            try addWeighted(index, node, kernel)
        case .convolutionWeightGradient(let window): addWeightGradient(index, node, window)
        case .unary, .binary, .constant, .broadcast, .sum, .stopGradient:
            preconditionFailure("\(node.operation) belongs to a loop")
        }
    }

    // MARK: Buffers

    /// The memory of a stored value in the phase whose steps are being added.
    func buffer(of node: Int) -> Int {
        let key = key(of: node)
        guard let buffer = buffersOfNodes[key] else {
            preconditionFailure("node \(node), \(graph.nodes[node].operation), is used before it has memory")
        }
        return buffer
    }

    private func key(of node: Int) -> FusedLoops.PhasedNode {
        let owner = owners[node]
        if case .chunk = storage.places[owner] { return .init(node: owner, phase: phase) }
        return .init(node: owner, phase: -1)
    }

    mutating func newBuffer(bytes: Int, persists: Bool = false, isWhole: Bool = false) -> Int {
        buffers.append(Buffer(bytes: bytes, life: nil, persists: persists, isWhole: isWhole))
        return buffers.count - 1
    }

    mutating func makeBuffer(for node: Int, persists: Bool = false) -> Int {
        var shape = graph.nodes[node].shape
        var isWhole = true
        if case .chunk = storage.places[node] { (shape, isWhole) = (inChunks(shape), false) }
        let buffer = newBuffer(bytes: shape.count * size(node), persists: persists, isWhole: isWhole)
        buffersOfNodes[key(of: node)] = buffer
        return buffer
    }

    mutating func noteOutput(_ range: Range<Int>) { outputsOfPhase.append(range) }

    private mutating func takeOutputs() -> [Range<Int>] {
        defer { outputsOfPhase = [] }
        return outputsOfPhase
    }

    /// Bytes of an element of a value.
    func size(_ node: Int) -> Int { isHalf[node] ? 2 : 4 }

    func element(_ node: Int) -> tributary_element { isHalf[node] ? TRIBUTARY_BFLOAT16_ELEMENTS : TRIBUTARY_FLOAT32 }

    /// A number for each channel of a value's examples, 0 for those that are zero as a whole; nil where none is known to be.
    mutating func keptChannels(of node: Int) -> Binding? {
        droppedChannels.noise(node).map { channels(of: $0) }
    }

    /// A number for each channel of a value's examples, 0 for those that nothing needs; nil where all may be needed.
    mutating func neededChannels(of node: Int) -> Binding? {
        droppedChannels.noiseOfReaders(node).map { channels(of: $0) }
    }

    private mutating func channels(of noise: Int) -> Binding {
        let kept = rows(TRIBUTARY_FIRST, of: noise)
        buffersOfKeptChannels.insert(kept.buffer)
        return kept
    }

    // MARK: Chunks

    var isSweep: Bool { schedule.isSweep(phase) }

    /// The shape of a chunk of a value with a row for each example.
    func inChunks(_ shape: Shape) -> Shape {
        guard isSweep, hasRows(shape) else { return shape }
        var chunk = shape
        chunk.dimensions[0] = schedule.chunks[phase]
        return chunk
    }

    private func hasRows(_ shape: Shape) -> Bool { shape.rank > 0 && shape[0] == schedule.examples }

    /// How far the next chunk of a value lies, in elements.
    func chunkStride(of node: Int) -> Int {
        guard isSweep, hasRows(graph.nodes[node].shape), case .whole = storage.places[node] else { return 0 }
        return inChunks(graph.nodes[node].shape).count
    }

    /// Notes that the step of a run added last uses a buffer.
    mutating func touch(_ buffer: Int) { touch(buffer, at: runs.count - 1) }

    /// Notes that the step of a load added last uses a buffer.
    mutating func touchAtLoad(_ buffer: Int) { touch(buffer, at: Self.beginning + loads.count) }

    private mutating func touch(_ buffer: Int, at step: Int) {
        buffers[buffer].life = buffers[buffer].life.map { $0.lowerBound...step } ?? step...step
    }
}
