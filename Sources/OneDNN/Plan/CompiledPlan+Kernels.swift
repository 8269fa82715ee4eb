import COneDNN
import Tensors

// Matrix products and convolutions, with the packing of what they multiply by.
extension CompiledPlan {
    mutating func addProduct(_ index: Int, _ node: Graph.Node, _ left: Bool, _ right: Bool) throws {
        let first = Self.matrix(graph.nodes[node.inputs[0]].shape, transposed: left, element(node.inputs[0]))
        let second = Self.matrix(graph.nodes[node.inputs[1]].shape, transposed: right, element(node.inputs[1]))
        let kernel = try Kernel.matrixProduct(
            first, second, Self.matrix(node.shape, transposed: false), packsSecond: false)
        var (bindings, callers) = ([Binding](), [CallersBinding]())
        for (slot, operand) in zip([TRIBUTARY_FIRST, TRIBUTARY_SECOND], node.inputs) {
            if parametersInPlace.contains(operand) {
                callers.append(CallersBinding(slot: slot, memory: .parameters, offset: slice(of: operand).offset))
            } else {
                bindings.append(Binding(slot: slot, buffer: buffer(of: operand)))
            }
        }
        if let output = placeAmongOutputs(index) {
            directOutputs.insert(index)
            callers.append(CallersBinding(slot: TRIBUTARY_RESULT, memory: .outputs, offset: output))
        } else {
            bindings.append(Binding(slot: TRIBUTARY_RESULT, buffer: makeBuffer(for: index)))
        }
        let sparse = sparseProducts(node, transposesFirst: left, transposesSecond: right)
        addKernel(kernel, bindings, callers: callers, sparse: sparse)
    }

    /// Where a matrix lies among the outputs, if it is nothing but an output and lies there as it is computed.
    private func placeAmongOutputs(_ node: Int) -> Int? {
        let slices = zip(graph.outputs.slices, graph.outputNodes).filter { $1 == node }
        let isUsed = graph.nodes.contains { $0.inputs.contains(node) }
        let isPlain = layouts[node].isRowMajor(graph.nodes[node].shape)
        return slices.count == 1 && !isUsed && isPlain ? slices[0].0.offset : nil
    }

    static func matrix(
        _ shape: Shape, transposed: Bool, _ element: tributary_element = TRIBUTARY_FLOAT32
    ) -> tributary_layout {
        transposed
            ? tributary_layout([shape[1], shape[0]], strides: [1, shape[1]], element)
            : tributary_layout([shape[0], shape[1]], strides: [shape[1], 1], element)
    }

    /// A convolution or transposed convolution, whose second operand is a weight.
    mutating func addWeighted(_ index: Int, _ node: Graph.Node, _ kernel: Kernel) throws {
        let weight = node.inputs[1]
        let shape = graph.nodes[weight].shape
        let packed: Int
        if kernelParameters.parameter(weight) != nil {
            packed = try addPackedParameter(weight, kernel)
        } else {
            packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_SECOND))
            let packing = try Kernel.packing(Self.channelsLast(shape, element(weight)), of: kernel)
            addPacking(packing, from: buffer(of: weight), to: packed)
            counters.reordersBetweenOperations += 1
        }
        addKernel(
            kernel,
            [
                rows(TRIBUTARY_FIRST, of: node.inputs[0]), Binding(slot: TRIBUTARY_SECOND, buffer: packed),
                result(TRIBUTARY_RESULT, index),
            ])
    }

    /// Rows of a value that a kernel reads.
    func rows(_ slot: tributary_slot, of node: Int) -> Binding {
        Binding(slot: slot, buffer: buffer(of: node), chunkStride: chunkStride(of: node) * size(node))
    }

    /// Rows of a value that a kernel makes.
    mutating func result(_ slot: tributary_slot, _ node: Int) -> Binding {
        let buffer = makeBuffer(for: node)
        return Binding(slot: slot, buffer: buffer, chunkStride: chunkStride(of: node) * size(node))
    }

    /// A tensor with axes (O, I, h, w) that lies as (O, h, w, I).
    static func channelsLast(_ shape: Shape, _ element: tributary_element = TRIBUTARY_FLOAT32) -> tributary_layout {
        let strides = Layout.rowMajor(Shape(shape.inMemoryOrder)).strides
        return tributary_layout(shape.dimensions, strides: [strides[0], strides[3], strides[1], strides[2]], element)
    }

    /// Packs a convolution's parameter when parameters are loaded.
    mutating func addPackedParameter(_ node: Int, _ kernel: Kernel) throws -> Int {
        let (slice, shape) = (slice(of: node), graph.nodes[node].shape)
        let staging = newBuffer(bytes: shape.count * MemoryLayout<Float>.stride)
        let packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_SECOND), persists: true)
        loads.append(.copy(copy(of: .rowMajor(shape), from: .parameters, slice.offset, to: staging)))
        touchAtLoad(staging)
        let packing = try Kernel.packing(tributary_layout(shape.dimensions, strides: shape.strides), of: kernel)
        let scratch = newBuffer(bytes: packing.bytes(TRIBUTARY_SCRATCH))
        loads.append(
            .kernel(
                packing,
                [
                    Binding(slot: TRIBUTARY_FIRST, buffer: staging), Binding(slot: TRIBUTARY_RESULT, buffer: packed),
                    Binding(slot: TRIBUTARY_SCRATCH, buffer: scratch),
                ]))
        for buffer in [staging, scratch] { touchAtLoad(buffer) }
        counters.reordersAtBorders += 1
        return packed
    }

    /// The parameter that a kernel multiplies by.
    func slice(of node: Int) -> SliceTable.Slice {
        guard let parameter = kernelParameters.parameter(node),
            case .parameter(let name) = graph.nodes[parameter].operation, let slice = graph.parameters[name]
        else { preconditionFailure("only parameters are packed when parameters are loaded") }
        return slice
    }

    mutating func addPacking(_ packing: Kernel, from source: Int, to target: Int) {
        let scratch = newBuffer(bytes: packing.bytes(TRIBUTARY_SCRATCH))
        runs.append(
            .kernel(
                packing,
                [
                    Binding(slot: TRIBUTARY_FIRST, buffer: source), Binding(slot: TRIBUTARY_RESULT, buffer: target),
                    Binding(slot: TRIBUTARY_SCRATCH, buffer: scratch),
                ]))
        for buffer in [source, target, scratch] { touch(buffer) }
    }

    mutating func addKernel(
        _ kernel: Kernel, _ bindings: [Binding], callers: [CallersBinding] = [], sparse: [SparseProduct] = []
    ) {
        let scratch = newBuffer(bytes: kernel.bytes(TRIBUTARY_SCRATCH))
        runs.append(
            .kernel(
                kernel, bindings + [Binding(slot: TRIBUTARY_SCRATCH, buffer: scratch)], callers: callers, sparse: sparse
            ))
        counters.linearKernels += 1
        counters.productsWithoutZeros += sparse.isEmpty ? 0 : 1
        for buffer in bindings.map(\.buffer) + [scratch] { touch(buffer) }
        for way in sparse { touch(way.scratch) }
    }
}

/// Which parameters only kernels use, in a packed layout of their own. Packing also rounds.
struct KernelParameters {
    /// The parameter that a node is, or is the rounding of.
    private let parameters: [Int: Int]
    /// Nodes that something needs as they are.
    private let needed: Set<Int>

    /// - Parameter loading: The same graph, in which some roundings of parameters are sources.
    init(_ graph: Graph, loading: Graph? = nil) {
        let loading = loading ?? graph
        var parameters: [Int: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            if case .parameter = node.operation { parameters[index] = index }
            if case .unary(.bfloat16) = node.operation, let parameter = parameters[node.inputs[0]],
                parameter == node.inputs[0]
            {
                parameters[index] = parameter
            }
        }
        var needed: Set<Int> = Set(graph.outputNodes)
        for (index, node) in loading.nodes.enumerated() where parameters[index] == nil {
            for (position, input) in node.inputs.enumerated()
            where position == 0 || !Self.packs(input, node.operation, parameters) { needed.insert(input) }
        }
        // A rounding that something else needs in memory, and that is computed, needs its parameter.
        for index in parameters.keys where needed.contains(index) { needed.formUnion(loading.nodes[index].inputs) }
        self.parameters = parameters
        self.needed = needed
    }

    func parameter(_ node: Int) -> Int? { parameters[node] }
    func isNeeded(_ node: Int) -> Bool { needed.contains(node) }

    /// Whether an operation takes an operand from packed memory.
    func isPacked(_ node: Int, as position: Int, of operation: Operation) -> Bool {
        position == 1 && Self.packs(node, operation, parameters)
    }

    /// Matrices are multiplied as they lie: packing one takes 150 µs and more where multiplying a packed one saves 20 to 90 (32 x 4096
    /// by 4096 x 200), and it would be packed twice, for the product and for its gradient.
    private static func packs(_ second: Int, _ operation: Operation, _ parameters: [Int: Int]) -> Bool {
        switch operation {
        case .convolution, .convolutionInputGradient: parameters[second] != nil
        default: false
        }
    }
}
