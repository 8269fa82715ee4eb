import CKernels
import Tensors

/// A fused loop as the program that the vector kernels run: operands, instructions and stores over up to four axes.
struct LoopProgram {
    /// Memory that the loop reads or writes: a node's, with the distance between neighbours along each axis of the loop and
    /// from chunk to chunk.
    struct Place {
        let node: Int
        var strides: [Int]
        let chunkStride: Int
    }

    struct Store {
        var place: Place
        let source: Int
        let sums: Bool
        /// Whether a sum runs on from chunk to chunk.
        let runsOn: Bool
        let count: Int
    }

    private(set) var extents: [Int]
    private(set) var operands: [Place] = []
    private(set) var instructions: [tributary_instruction] = []
    private(set) var stores: [Store] = []
    private(set) var registerCount: Int

    init(_ loop: FusedLoop, _ graph: Graph, _ schedule: Schedule, _ storage: Storage) {
        var writer = ProgramWriter(graph, schedule, storage, loop)
        for result in loop.results { writer.write(result) }
        extents = writer.extents
        operands = writer.operands
        var allocator = RegisterAllocator(
            operandCount: operands.count, writer.instructions, kept: writer.stores.map(\.source))
        instructions = allocator.allocate()
        registerCount = allocator.registerCount
        stores = writer.stores.map { store in
            Store(
                place: store.place, source: allocator.number(of: store.source), sums: store.sums,
                runsOn: schedule.kinds[store.place.node] == .reduction, count: store.count)
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
enum Register: Hashable {
    case operand(Int)
    case computed(Int)
}

struct PendingInstruction {
    let code: tributary_code
    let operands: [Register]
    let number: Float
}

/// Gives computed values as few tiles as will do, so that all of a program's stay in the first-level cache.
private struct RegisterAllocator {
    private let operandCount: Int
    private let pending: [PendingInstruction]
    private var lastUses: [Int]
    private var numbers: [Int]
    private var free: [Int] = []
    private(set) var registerCount: Int

    /// - Parameter kept: Values that are read after the last instruction.
    init(operandCount: Int, _ pending: [PendingInstruction], kept: [Register]) {
        self.operandCount = operandCount
        self.pending = pending
        registerCount = operandCount
        numbers = Array(repeating: -1, count: pending.count)
        lastUses = Array(pending.indices)
        for (index, instruction) in pending.enumerated() {
            for case .computed(let value) in instruction.operands { lastUses[value] = index }
        }
        for case .computed(let value) in kept { lastUses[value] = pending.count }
    }

    mutating func allocate() -> [tributary_instruction] {
        pending.indices.map { index in
            // A result never takes the place of its own operands: kernels may assume that they lie apart.
            numbers[index] = free.popLast() ?? registerCount
            registerCount = max(registerCount, numbers[index] + 1)
            let instruction = pending[index]
            for case .computed(let value) in instruction.operands where lastUses[value] == index {
                if !free.contains(numbers[value]) { free.append(numbers[value]) }
            }
            let places = instruction.operands.map { UInt16(number(of: $0)) }
            let result = UInt16(numbers[index])
            return tributary_instruction(
                code: UInt16(instruction.code.rawValue), result: result, first: places.first ?? result,
                second: places.count > 1 ? places[1] : result, third: places.count > 2 ? places[2] : result,
                number: instruction.number)
        }
    }

    func number(of register: Register) -> Int {
        switch register {
        case .operand(let number): number
        case .computed(let value): numbers[value]
        }
    }
}

private struct ProgramWriter {
    let graph: Graph
    private let schedule: Schedule
    private let storage: Storage
    private let phase: Int
    /// The loop's axes from the outermost: (B, H, W, C) for images, B being a chunk's examples in a sweep.
    private(set) var extents: [Int]
    /// How many values use each one: a product with one use is joined to the sum that it goes into.
    private let uses: [Int]

    private(set) var operands: [LoopProgram.Place] = []
    private(set) var instructions: [PendingInstruction] = []
    private(set) var stores: [(place: LoopProgram.Place, source: Register, sums: Bool, count: Int)] = []
    private var registers: [Int: Register] = [:]

    init(_ graph: Graph, _ schedule: Schedule, _ storage: Storage, _ loop: FusedLoop) {
        self.graph = graph
        self.schedule = schedule
        self.storage = storage
        phase = loop.phase
        uses = graph.useCounts
        extents = graph.nodes[loop.domain].shape.inMemoryOrder
        if schedule.isSweep(phase) { extents[0] = schedule.chunks[phase] }
    }

    mutating func write(_ result: Int) {
        let node = graph.nodes[result]
        let place = place(of: result)
        if case .sum = node.operation {
            stores.append((place, register(of: node.inputs[0]), true, count(result)))
        } else {
            let register = compute(result, node)
            registers[result] = register
            stores.append((place, register, false, count(result)))
        }
    }

    /// The elements of a value that belong to one chunk.
    private func count(_ index: Int) -> Int {
        let shape = graph.nodes[index].shape
        return schedule.isSweep(phase) && hasRows(shape) ? shape.count / shape[0] * schedule.chunks[phase] : shape.count
    }

    private func hasRows(_ shape: Shape) -> Bool { shape.rank > 0 && shape[0] == schedule.examples && shape[0] > 1 }

    /// Distances along the loop's axes; 0 where the shape has extent 1 and the loop has not.
    private func place(of index: Int) -> LoopProgram.Place {
        var next = 1
        var strides: [Int] = []
        for extent in graph.nodes[index].shape.inMemoryOrder.reversed() {
            strides.insert(extent == 1 ? 0 : next, at: 0)
            next *= extent
        }
        var chunkStride = 0
        if schedule.isSweep(phase), case .whole = storage.places[index] {
            chunkStride = (strides.first ?? 0) * schedule.chunks[phase]
        }
        return LoopProgram.Place(node: index, strides: strides, chunkStride: chunkStride)
    }

    private mutating func register(of index: Int) -> Register {
        if let known = registers[index] { return known }
        let register = storage.isStored(index, in: phase) ? operand(index) : compute(index, graph.nodes[index])
        registers[index] = register
        return register
    }

    private mutating func operand(_ node: Int) -> Register {
        operands.append(place(of: node))
        return .operand(operands.count - 1)
    }

    private mutating func compute(_ index: Int, _ node: Graph.Node) -> Register {
        switch node.operation {
        case .broadcast:
            if let number = constant(node.inputs[0]) { return emit(TRIBUTARY_FILL, [], number) }
            return operand(node.inputs[0])
        case .constant(let value): return emit(TRIBUTARY_FILL, [], value)
        case .unary(let operation):
            let (code, number) = operation.code
            return emit(code, [register(of: node.inputs[0])], number)
        case .binary(let operation): return binary(operation, node.inputs[0], node.inputs[1])
        default: preconditionFailure("\(node.operation) is no element-wise operation")
        }
    }

    private mutating func binary(_ operation: Operation.Binary, _ left: Int, _ right: Int) -> Register {
        if let joined = joined(operation, left, right) { return joined }
        switch (operation, constant(left), constant(right)) {
        case (.add, _, let number?): return emit(TRIBUTARY_ADD_NUMBER, [register(of: left)], number)
        case (.add, let number?, _): return emit(TRIBUTARY_ADD_NUMBER, [register(of: right)], number)
        case (.subtract, _, let number?): return emit(TRIBUTARY_ADD_NUMBER, [register(of: left)], -number)
        case (.subtract, let number?, _): return emit(TRIBUTARY_SUBTRACT_FROM_NUMBER, [register(of: right)], number)
        case (.multiply, _, let number?): return emit(TRIBUTARY_MULTIPLY_NUMBER, [register(of: left)], number)
        case (.multiply, let number?, _): return emit(TRIBUTARY_MULTIPLY_NUMBER, [register(of: right)], number)
        case (.divide, let number?, _): return emit(TRIBUTARY_DIVIDE_NUMBER, [register(of: right)], number)
        default: return emit(operation.code, [register(of: left), register(of: right)], 0)
        }
    }

    /// Two operations as one: a product and the sum it goes into, or a gradient and the slope it is multiplied by.
    private mutating func joined(_ operation: Operation.Binary, _ left: Int, _ right: Int) -> Register? {
        switch operation {
        case .multiply:
            if let (x, slope) = slope(left) {
                return emit(TRIBUTARY_LEAKY_RELU_GRADIENT, [register(of: x), register(of: right)], slope)
            }
            if let (x, slope) = slope(right) {
                return emit(TRIBUTARY_LEAKY_RELU_GRADIENT, [register(of: x), register(of: left)], slope)
            }
        case .add:
            if let product = product(right) { return multiplyAdd(product, left) }
            if let product = product(left) { return multiplyAdd(product, right) }
        case .subtract:
            if let (a, b) = product(right), constant(a) == nil, constant(b) == nil {
                return emit(TRIBUTARY_SUBTRACT_PRODUCT, [register(of: a), register(of: b), register(of: left)], 0)
            }
            if let (a, b) = product(left), constant(a) == nil, constant(b) == nil, constant(right) == nil {
                return emit(TRIBUTARY_MULTIPLY_SUBTRACT, [register(of: a), register(of: b), register(of: right)], 0)
            }
        case .divide: break
        }
        return nil
    }

    private mutating func multiplyAdd(_ product: (Int, Int), _ term: Int) -> Register {
        if let number = constant(product.0) {
            return emit(
                TRIBUTARY_MULTIPLY_NUMBER_ADD, [register(of: product.1), register(of: product.1), register(of: term)],
                number)
        }
        if let number = constant(product.1) {
            return emit(
                TRIBUTARY_MULTIPLY_NUMBER_ADD, [register(of: product.0), register(of: product.0), register(of: term)],
                number)
        }
        return emit(TRIBUTARY_MULTIPLY_ADD, [register(of: product.0), register(of: product.1), register(of: term)], 0)
    }

    /// The factors of a product that nothing else uses.
    private func product(_ index: Int) -> (Int, Int)? {
        guard case .binary(.multiply) = graph.nodes[index].operation, uses[index] == 1,
            !storage.isStored(index, in: phase),
            slope(graph.nodes[index].inputs[0]) == nil, slope(graph.nodes[index].inputs[1]) == nil
        else { return nil }
        return (graph.nodes[index].inputs[0], graph.nodes[index].inputs[1])
    }

    private func slope(_ index: Int) -> (x: Int, slope: Float)? {
        guard case .unary(.leakyReLUSlope(let slope)) = graph.nodes[index].operation,
            !storage.isStored(index, in: phase)
        else { return nil }
        return (graph.nodes[index].inputs[0], slope)
    }

    private func constant(_ index: Int) -> Float? {
        if case .constant(let value) = graph.nodes[index].operation, !storage.isStored(index, in: phase) {
            value
        } else {
            nil
        }
    }

    private mutating func emit(_ code: tributary_code, _ operands: [Register], _ number: Float) -> Register {
        instructions.append(PendingInstruction(code: code, operands: operands, number: number))
        return .computed(instructions.count - 1)
    }
}

extension Graph {
    /// How many operands and outputs each node is.
    fileprivate var useCounts: [Int] {
        var counts = [Int](repeating: 0, count: nodes.count)
        for node in nodes { for input in node.inputs { counts[input] += 1 } }
        for output in outputNodes { counts[output] += 1 }
        return counts
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
        case .bfloat16: (TRIBUTARY_BFLOAT16, 0)
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
