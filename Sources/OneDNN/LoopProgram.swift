import CKernels
import Tensors

/// A fused loop as the program that the vector kernels run: operands, instructions and stores over up to four axes.
struct LoopProgram {
    /// Memory that the loop reads or writes: a node's, with the distance between neighbours along each axis of the loop.
    struct Place {
        let node: Int
        var strides: [Int]
    }

    struct Store {
        var place: Place
        let source: Int
        let sums: Bool
        let count: Int
    }

    private(set) var extents: [Int]
    private(set) var operands: [Place] = []
    private(set) var instructions: [tributary_instruction] = []
    private(set) var stores: [Store] = []

    var registerCount: Int { operands.count + instructions.count }

    init(_ loop: FusedLoop, _ graph: Graph, isStored: [Bool]) {
        var writer = ProgramWriter(graph, isStored, domain: graph.nodes[loop.domain].shape)
        for result in loop.results { writer.write(result) }
        extents = writer.extents
        operands = writer.operands
        instructions = writer.instructions.map { $0.shifted(past: writer.operands.count) }
        stores = writer.stores.map { store in
            Store(
                place: store.place, source: store.source.index(past: writer.operands.count), sums: store.sums,
                count: store.count)
        }
        precondition(
            registerCount <= Int(TRIBUTARY_MOST_REGISTERS) && stores.count <= Int(TRIBUTARY_MOST_STORES),
            "a fused loop of \(registerCount) registers and \(stores.count) stores, more than kernels have")
        collapse()
    }

    /// Drops axes of extent 1 and joins neighbours that count on in every place, so that inner loops are long.
    private mutating func collapse() {
        var axis = extents.count - 1
        while axis >= 0 {
            let next = axis + 1
            if extents[axis] == 1 {
                remove(axis)
            } else if next < extents.count, allPlaces({ $0[axis] == $0[next] * extents[next] }) {
                extents[next] *= extents[axis]
                remove(axis)
            }
            axis -= 1
        }
        while extents.count < 4 { insertAxis() }
    }

    private func allPlaces(_ condition: ([Int]) -> Bool) -> Bool {
        operands.allSatisfy { condition($0.strides) } && stores.allSatisfy { condition($0.place.strides) }
    }

    private mutating func remove(_ axis: Int) {
        extents.remove(at: axis)
        for index in operands.indices { operands[index].strides.remove(at: axis) }
        for index in stores.indices { stores[index].place.strides.remove(at: axis) }
    }

    private mutating func insertAxis() {
        extents.insert(1, at: 0)
        for index in operands.indices { operands[index].strides.insert(0, at: 0) }
        for index in stores.indices { stores[index].place.strides.insert(0, at: 0) }
    }
}

/// A value inside a loop while it is written: operands and computed values are numbered apart until all are known.
private enum Register: Hashable {
    case operand(Int)
    case computed(Int)

    func index(past operandCount: Int) -> Int {
        switch self {
        case .operand(let number): number
        case .computed(let number): operandCount + number
        }
    }
}

private struct PendingInstruction {
    let code: tributary_code
    let result: Register
    let left: Register
    let right: Register
    let number: Float

    func shifted(past operandCount: Int) -> tributary_instruction {
        tributary_instruction(
            code: UInt16(code.rawValue), result: UInt16(result.index(past: operandCount)),
            left: UInt16(left.index(past: operandCount)), right: UInt16(right.index(past: operandCount)), number: number
        )
    }
}

private struct ProgramWriter {
    let graph: Graph
    let isStored: [Bool]
    /// The loop's axes from the outermost: (B, H, W, C) for images.
    let extents: [Int]
    private let domain: Shape

    var operands: [LoopProgram.Place] = []
    var instructions: [PendingInstruction] = []
    var stores: [(place: LoopProgram.Place, source: Register, sums: Bool, count: Int)] = []
    private var registers: [Int: Register] = [:]

    init(_ graph: Graph, _ isStored: [Bool], domain: Shape) {
        self.graph = graph
        self.isStored = isStored
        self.domain = domain
        extents = domain.inMemoryOrder
    }

    mutating func write(_ result: Int) {
        let node = graph.nodes[result]
        let place = LoopProgram.Place(node: result, strides: strides(of: node.shape))
        if case .sum = node.operation {
            stores.append((place, register(of: node.inputs[0]), true, node.shape.count))
        } else {
            let register = compute(result, node)
            registers[result] = register
            stores.append((place, register, false, node.shape.count))
        }
    }

    /// Distances along the loop's axes; 0 where the shape has extent 1 and the loop has not.
    private func strides(of shape: Shape) -> [Int] {
        var next = 1
        var strides: [Int] = []
        for extent in shape.inMemoryOrder.reversed() {
            strides.insert(extent == 1 ? 0 : next, at: 0)
            next *= extent
        }
        return strides
    }

    private mutating func register(of index: Int) -> Register {
        if let known = registers[index] { return known }
        let node = graph.nodes[index]
        let register = isStored[index] ? operand(index) : compute(index, node)
        registers[index] = register
        return register
    }

    private mutating func operand(_ node: Int) -> Register {
        operands.append(LoopProgram.Place(node: node, strides: strides(of: graph.nodes[node].shape)))
        return .operand(operands.count - 1)
    }

    private mutating func compute(_ index: Int, _ node: Graph.Node) -> Register {
        switch node.operation {
        case .broadcast: return operand(node.inputs[0])
        case .constant(let value): return emit(TRIBUTARY_FILL, nil, nil, value)
        case .unary(let operation):
            let (code, number) = operation.code
            return emit(code, register(of: node.inputs[0]), nil, number)
        case .binary(let operation): return binary(operation, node.inputs[0], node.inputs[1])
        default: preconditionFailure("\(node.operation) is no element-wise operation")
        }
    }

    private mutating func binary(_ operation: Operation.Binary, _ left: Int, _ right: Int) -> Register {
        switch (operation, constant(left), constant(right)) {
        case (.add, _, let number?): return emit(TRIBUTARY_ADD_NUMBER, register(of: left), nil, number)
        case (.add, let number?, _): return emit(TRIBUTARY_ADD_NUMBER, register(of: right), nil, number)
        case (.subtract, _, let number?): return emit(TRIBUTARY_ADD_NUMBER, register(of: left), nil, -number)
        case (.subtract, let number?, _): return emit(TRIBUTARY_SUBTRACT_FROM_NUMBER, register(of: right), nil, number)
        case (.multiply, _, let number?): return emit(TRIBUTARY_MULTIPLY_NUMBER, register(of: left), nil, number)
        case (.multiply, let number?, _): return emit(TRIBUTARY_MULTIPLY_NUMBER, register(of: right), nil, number)
        case (.divide, let number?, _): return emit(TRIBUTARY_DIVIDE_NUMBER, register(of: right), nil, number)
        default: return emit(operation.code, register(of: left), register(of: right), 0)
        }
    }

    private func constant(_ index: Int) -> Float? {
        if case .constant(let value) = graph.nodes[index].operation, !isStored[index] { value } else { nil }
    }

    private mutating func emit(_ code: tributary_code, _ left: Register?, _ right: Register?, _ number: Float)
        -> Register
    {
        let result = Register.computed(instructions.count)
        let left = left ?? result
        instructions.append(
            PendingInstruction(code: code, result: result, left: left, right: right ?? left, number: number))
        return result
    }
}

extension Shape {
    /// The extents from the outermost to the innermost axis in memory.
    var inMemoryOrder: [Int] {
        rank == 4 ? [dimensions[0], dimensions[2], dimensions[3], dimensions[1]] : dimensions
    }
}

extension Operation.Unary {
    fileprivate var code: (tributary_code, Float) {
        switch self {
        case .negate: (TRIBUTARY_NEGATE, 0)
        case .exponential: (TRIBUTARY_EXPONENTIAL, 0)
        case .logarithm: (TRIBUTARY_LOGARITHM, 0)
        case .squareRoot: (TRIBUTARY_SQUARE_ROOT, 0)
        case .tanh: (TRIBUTARY_TANH, 0)
        case .sigmoid: (TRIBUTARY_SIGMOID, 0)
        case .softplus: (TRIBUTARY_SOFTPLUS, 0)
        case .leakyReLU(let slope): (TRIBUTARY_LEAKY_RELU, slope)
        case .leakyReLUSlope(let slope): (TRIBUTARY_LEAKY_RELU_SLOPE, slope)
        }
    }
}

extension Operation.Binary {
    fileprivate var code: tributary_code {
        switch self {
        case .add: TRIBUTARY_ADD
        case .subtract: TRIBUTARY_SUBTRACT
        case .multiply: TRIBUTARY_MULTIPLY
        case .divide: TRIBUTARY_DIVIDE
        }
    }
}
