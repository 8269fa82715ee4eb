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
    private(set) var loads: [Step] = []
    private(set) var runs: [Step] = []
    /// Every buffer's size and the steps that use it. Steps of a run count from 0, steps of a load from a negative number, so
    /// that what loads need for a moment shares memory with what runs need.
    private(set) var buffers: [(bytes: Int, life: ClosedRange<Int>?, persists: Bool)] = []

    /// Before the first step of a load.
    private static let beginning = -1_000_000
    private(set) var counters = ExecutionCounters()

    private var buffersOfNodes: [Int?]
    /// The node whose memory each node shares: a reshape that changes nothing in memory is another name for its operand.
    private let owners: [Int]
    private let layouts: [Layout]
    private let fusion: Fusion
    private let kernelParameters: KernelParameters

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

    private mutating func newBuffer(bytes: Int, persists: Bool = false) -> Int {
        buffers.append((bytes, nil, persists))
        return buffers.count - 1
    }

    private mutating func makeBuffer(for node: Int, persists: Bool = false) -> Int {
        let bytes = graph.nodes[node].shape.count * MemoryLayout<Float>.stride
        let buffer = newBuffer(bytes: bytes, persists: persists)
        buffersOfNodes[node] = buffer
        return buffer
    }

    /// Notes that the step of a run added last uses a buffer.
    private mutating func touch(_ buffer: Int) { touch(buffer, at: runs.count - 1) }

    /// Notes that the step of a load added last uses a buffer.
    private mutating func touchAtLoad(_ buffer: Int) { touch(buffer, at: Self.beginning + loads.count) }

    private mutating func touch(_ buffer: Int, at step: Int) {
        buffers[buffer].life = buffers[buffer].life.map { $0.lowerBound...step } ?? step...step
    }

    // MARK: Sources

    private mutating func addSource(_ index: Int, _ slice: SliceTable.Slice, _ memory: Memory, atLoad: Bool) {
        guard !kernelParameters.isPackedOnly(index) else { return }
        let buffer = makeBuffer(for: index, persists: atLoad)
        let copy = copy(of: layouts[index], from: memory, slice.offset, to: buffer)
        counters.reordersAtBorders += 1
        if atLoad {
            loads.append(.copy(copy))
        } else {
            runs.append(.copy(copy))
            touch(buffer)
        }
    }

    /// A copy of row-major elements into a layout.
    private func copy(of layout: Layout, from source: Memory, _ offset: Int, to buffer: Int) -> StridedCopy {
        let plain = Self.plainCopy(layout)
        return StridedCopy(
            extents: plain.extents, source: source, sourceOffset: offset, sourceStrides: plain.rowMajor,
            target: .buffer(buffer), targetOffset: 0, targetStrides: plain.inMemory)
    }

    /// The axes of a layout as a loop with distances in memory and in row-major order.
    private static func plainCopy(_ layout: Layout) -> (extents: [Int], inMemory: [Int], rowMajor: [Int]) {
        let axes = Layout(axes: layout.canonical)
        return (axes.axes.map(\.extent), axes.strides, axes.axes.map(\.step))
    }

    private mutating func addOutputs(of node: Int) {
        for (slice, outputNode) in zip(graph.outputs.slices, graph.outputNodes) where outputNode == node {
            let plain = Self.plainCopy(layouts[node])
            let buffer = buffer(of: node)
            runs.append(
                .copy(
                    StridedCopy(
                        extents: plain.extents, source: .buffer(buffer), sourceOffset: 0, sourceStrides: plain.inMemory,
                        target: .outputs, targetOffset: slice.offset, targetStrides: plain.rowMajor)))
            touch(buffer)
            counters.reordersAtBorders += 1
        }
    }

    private mutating func addNoise(_ index: Int, _ noise: Operation.Noise, _ shape: Shape) {
        let buffer = makeBuffer(for: index)
        let row = shape.count / shape[0]
        let rowLayout = Layout(axes: Array(layouts[index].axes.dropFirst()))
        let isPlain = layouts[index].canonical == Layout.rowMajor(shape).canonical
        let staging = isPlain ? nil : newBuffer(bytes: row * MemoryLayout<Float>.stride)
        let copy = staging.map { self.copy(of: rowLayout, from: .buffer($0), 0, to: buffer) }
        runs.append(.noise(noise, row: row, rows: shape[0], staging: staging, copy, buffer: buffer))
        touch(buffer)
        if let staging { touch(staging) }
    }

    // MARK: Loops

    private mutating func addLoop(_ loop: FusedLoop) {
        let program = LoopProgram(loop, graph, isStored: fusion.isStored)
        let tiles = program.registerCount + program.stores.count
        let workspace = newBuffer(bytes: tiles * Int(TRIBUTARY_TILE) * MemoryLayout<Float>.stride)
        for result in loop.results { _ = makeBuffer(for: result) }
        runs.append(.loop(program, workspace: workspace))
        counters.elementwiseKernels += 1
        touch(workspace)
        for operand in program.operands { touch(buffer(of: operand.node)) }
        for result in loop.results { touch(buffer(of: result)) }
    }

    // MARK: Changes of shape

    private mutating func addReshape(_ index: Int, _ node: Graph.Node) {
        let input = node.inputs[0]
        if owners[index] != index { return }
        // Through row-major order, which every layout can be copied from and to.
        counters.reordersBetweenOperations += 1
        let plain = newBuffer(bytes: node.shape.count * MemoryLayout<Float>.stride)
        let from = Self.plainCopy(layouts[input])
        let source = buffer(of: input)
        runs.append(
            .copy(
                StridedCopy(
                    extents: from.extents, source: .buffer(source), sourceOffset: 0, sourceStrides: from.inMemory,
                    target: .buffer(plain), targetOffset: 0, targetStrides: from.rowMajor)))
        touch(source)
        touch(plain)
        let target = makeBuffer(for: index)
        runs.append(.copy(copy(of: layouts[index], from: .buffer(plain), 0, to: target)))
        touch(plain)
        touch(target)
    }

    /// A slice (from whole to block) or the filling of a pad (from block into whole).
    private mutating func addBlock(_ block: Int, of whole: Int, at start: [Int], intoBlock: Bool) {
        let extents = graph.nodes[block].shape.inMemoryOrder
        let wholeStrides = Layout.rowMajor(Shape(graph.nodes[whole].shape.inMemoryOrder)).strides
        let blockStrides = Layout.rowMajor(Shape(extents)).strides
        let order = Shape.memoryOrder(rank: extents.count)
        let offset = order.enumerated().reduce(0) { $0 + start[$1.element] * wholeStrides[$1.offset] }
        if intoBlock { _ = makeBuffer(for: block) }
        let (blockBuffer, wholeBuffer) = (buffer(of: block), buffer(of: whole))
        let copy =
            intoBlock
            ? StridedCopy(
                extents: extents, source: .buffer(wholeBuffer), sourceOffset: offset, sourceStrides: wholeStrides,
                target: .buffer(blockBuffer), targetOffset: 0, targetStrides: blockStrides)
            : StridedCopy(
                extents: extents, source: .buffer(blockBuffer), sourceOffset: 0, sourceStrides: blockStrides,
                target: .buffer(wholeBuffer), targetOffset: offset, targetStrides: wholeStrides)
        runs.append(.copy(copy))
        touch(blockBuffer)
        touch(wholeBuffer)
    }

    private mutating func addConcatenation(_ index: Int, _ node: Graph.Node, _ axis: Int) {
        _ = makeBuffer(for: index)
        var start = [Int](repeating: 0, count: node.shape.rank)
        for input in node.inputs {
            addBlock(input, of: index, at: start, intoBlock: false)
            start[axis] += graph.nodes[input].shape[axis]
        }
    }

    // MARK: Products and convolutions

    private mutating func addProduct(_ index: Int, _ node: Graph.Node, _ left: Bool, _ right: Bool) throws {
        let first = Self.matrix(graph.nodes[node.inputs[0]].shape, transposed: left)
        let second = Self.matrix(graph.nodes[node.inputs[1]].shape, transposed: right)
        let packs = kernelParameters.isParameter(node.inputs[1])
        let kernel = try Kernel.matrixProduct(
            first, second, Self.matrix(node.shape, transposed: false), packsSecond: packs)
        let weight =
            packs
            ? try addPackedParameter(node.inputs[1], kernel, plain: second) : buffer(of: node.inputs[1])
        addKernel(kernel, buffer(of: node.inputs[0]), weight, makeBuffer(for: index))
    }

    private static func matrix(_ shape: Shape, transposed: Bool) -> tributary_layout {
        transposed
            ? tributary_layout([shape[1], shape[0]], strides: [1, shape[1]])
            : tributary_layout([shape[0], shape[1]], strides: [shape[1], 1])
    }

    /// A convolution or transposed convolution, whose second operand is a weight.
    private mutating func addWeighted(_ index: Int, _ node: Graph.Node, _ kernel: Kernel) throws {
        let weight = node.inputs[1]
        let shape = graph.nodes[weight].shape
        let packed: Int
        if kernelParameters.isParameter(weight) {
            packed = try addPackedParameter(
                weight, kernel, plain: tributary_layout(shape.dimensions, strides: shape.strides))
        } else {
            packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_SECOND))
            let packing = try Kernel.packing(Self.channelsLast(shape), of: kernel, TRIBUTARY_SECOND)
            addPacking(packing, from: buffer(of: weight), to: packed)
            counters.reordersBetweenOperations += 1
        }
        addKernel(kernel, buffer(of: node.inputs[0]), packed, makeBuffer(for: index))
    }

    private mutating func addWeightGradient(
        _ index: Int, _ node: Graph.Node, _ window: Operation.Convolution
    ) throws {
        let kernel = try Kernel.convolution(
            TRIBUTARY_WEIGHTS, window, x: graph.nodes[node.inputs[0]].shape, weight: node.shape,
            y: graph.nodes[node.inputs[1]].shape)
        let packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_RESULT))
        addKernel(kernel, buffer(of: node.inputs[0]), buffer(of: node.inputs[1]), packed)
        let unpacking = try Kernel.packing(
            Self.channelsLast(node.shape), of: kernel, TRIBUTARY_RESULT, unpacks: true)
        addPacking(unpacking, from: packed, to: makeBuffer(for: index))
        counters.reordersAtBorders += 1
    }

    /// A tensor with axes (O, I, h, w) that lies as (O, h, w, I).
    private static func channelsLast(_ shape: Shape) -> tributary_layout {
        let strides = Layout.rowMajor(Shape(shape.inMemoryOrder)).strides
        return tributary_layout(shape.dimensions, strides: [strides[0], strides[3], strides[1], strides[2]])
    }

    /// Packs a parameter for a kernel when parameters are loaded.
    private mutating func addPackedParameter(
        _ node: Int, _ kernel: Kernel, plain: tributary_layout
    ) throws -> Int {
        guard case .parameter(let name) = graph.nodes[node].operation, let slice = graph.parameters[name] else {
            preconditionFailure("only parameters are packed when parameters are loaded")
        }
        let staging = newBuffer(bytes: graph.nodes[node].shape.count * MemoryLayout<Float>.stride)
        let packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_SECOND), persists: true)
        let layout = graph.nodes[node].shape.rank == 4 ? Layout.rowMajor(graph.nodes[node].shape) : layouts[node]
        loads.append(.copy(copy(of: layout, from: .parameters, slice.offset, to: staging)))
        touchAtLoad(staging)
        let packing = try Kernel.packing(plain, of: kernel, TRIBUTARY_SECOND)
        let scratch = newBuffer(bytes: packing.bytes(TRIBUTARY_SCRATCH))
        loads.append(
            .kernel(
                packing,
                bindings: [(TRIBUTARY_FIRST, staging), (TRIBUTARY_RESULT, packed), (TRIBUTARY_SCRATCH, scratch)]))
        for buffer in [staging, scratch] { touchAtLoad(buffer) }
        counters.reordersAtBorders += 1
        return packed
    }

    private mutating func addPacking(_ packing: Kernel, from source: Int, to target: Int) {
        let scratch = newBuffer(bytes: packing.bytes(TRIBUTARY_SCRATCH))
        runs.append(
            .kernel(
                packing,
                bindings: [(TRIBUTARY_FIRST, source), (TRIBUTARY_RESULT, target), (TRIBUTARY_SCRATCH, scratch)]))
        for buffer in [source, target, scratch] { touch(buffer) }
    }

    private mutating func addKernel(_ kernel: Kernel, _ first: Int, _ second: Int, _ result: Int) {
        let scratch = newBuffer(bytes: kernel.bytes(TRIBUTARY_SCRATCH))
        runs.append(
            .kernel(
                kernel,
                bindings: [
                    (TRIBUTARY_FIRST, first), (TRIBUTARY_SECOND, second), (TRIBUTARY_RESULT, result),
                    (TRIBUTARY_SCRATCH, scratch),
                ]))
        counters.linearKernels += 1
        for buffer in [first, second, result, scratch] { touch(buffer) }
    }
}

/// Which parameters only kernels use, in a packed layout of their own.
private struct KernelParameters {
    private let parameters: Set<Int>
    private let packedOnly: Set<Int>

    init(_ graph: Graph) {
        var parameters: Set<Int> = []
        var needed: Set<Int> = Set(graph.outputNodes)
        for (index, node) in graph.nodes.enumerated() {
            if case .parameter = node.operation { parameters.insert(index) }
            for (position, input) in node.inputs.enumerated() where position == 0 || !Self.packsSecond(node.operation) {
                needed.insert(input)
            }
        }
        self.parameters = parameters
        packedOnly = parameters.subtracting(needed)
    }

    func isParameter(_ node: Int) -> Bool { parameters.contains(node) }
    func isPackedOnly(_ node: Int) -> Bool { packedOnly.contains(node) }

    private static func packsSecond(_ operation: Operation) -> Bool {
        switch operation {
        case .matrixMultiply, .convolution, .convolutionInputGradient: true
        default: false
        }
    }
}

extension Shape {
    /// The axes of a shape from the outermost to the innermost in memory.
    static func memoryOrder(rank: Int) -> [Int] { rank == 4 ? [0, 2, 3, 1] : Array(0..<rank) }
}
