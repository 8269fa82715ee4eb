import CKernels
import COneDNN
import Tensors

/// A step with addresses: all that is left is to run it.
@safe
enum BoundStep {
    case loop(UnsafeMutablePointer<tributary_program>)
    case kernel(BoundKernel, sparse: BoundSparseProducts?)
    case weightGradient(BoundWeightGradient)
    case convolution(BoundConvolution)
    case packing(OwnConvolution, UnsafeMutablePointer<Float>, UnsafeMutableRawPointer)
    case columns(BoundColumns)
    case copy(BoundCopy)
    case rounding(BoundRounding)
    case zero(UnsafeMutableRawPointer, chunkStride: Int, bytes: Int)
    case noise(BoundNoise)

    init(_ step: CompiledPlan.Step, _ plan: CompiledPlan, _ kernels: tributary_instruction_set, memory: Arena) {
        switch step {
        case .loop(let program, let buffers, let workspace):
            self = unsafe .loop(Self.bind(program, buffers, workspace, plan, kernels, memory))
        case .kernel(let kernel, let bindings, let callers, let sparse):
            self = unsafe .kernel(
                BoundKernel(kernel, bindings, callers: callers, memory),
                sparse: sparse.isEmpty ? nil : BoundSparseProducts(sparse, bindings, callers: callers, memory))
        case .weightGradient(let gradient, let images, let isHalf, let x, let y, let kept, let scratch, let sums):
            self = unsafe .weightGradient(
                BoundWeightGradient(
                    gradient: gradient, images: images, isHalf: isHalf, x: memory.rawAddress(x.buffer),
                    xChunkStride: x.chunkStride, y: memory.rawAddress(y.buffer), yChunkStride: y.chunkStride,
                    kept: BoundKeptChannels(kept, memory), scratch: memory.rawAddress(scratch),
                    sums: memory.address(sums), bytes: plan.buffers[sums].bytes))
        case .convolution(
            let convolution, let images, let source, let kept, let needed, let packed, let scratch, let target):
            self = unsafe .convolution(
                BoundConvolution(
                    convolution: convolution, images: images, source: memory.rawAddress(source.buffer),
                    sourceChunkStride: source.chunkStride, kept: BoundKeptChannels(kept, memory),
                    needed: BoundKeptChannels(needed, memory),
                    packed: memory.rawAddress(packed), scratch: memory.rawAddress(scratch),
                    target: memory.rawAddress(target.buffer),
                    targetChunkStride: target.chunkStride))
        case .packing(let convolution, let source, let target):
            self = unsafe .packing(convolution, memory.address(source), memory.rawAddress(target))
        case .columns(let columns, let images, let products, let row, let result):
            self = unsafe .columns(
                BoundColumns(
                    columns: columns, images: images, products: memory.address(products), row: memory.address(row),
                    result: memory.rawAddress(result.buffer), chunkStride: result.chunkStride))
        case .copy(let copy): self = unsafe .copy(BoundCopy(copy, memory))
        case .rounding(let source, let offset, let count, let target):
            self = unsafe .rounding(
                BoundRounding(
                    source: source, address: source.address(memory), offset: offset, count: count,
                    target: memory.rawAddress(target)))
        case .zero(let part, let bytes):
            self = unsafe .zero(memory.rawAddress(part.buffer), chunkStride: part.chunkStride, bytes: bytes)
        case .noise(let noise, let row, let rows, let staging, let copy, let buffer):
            let target = unsafe memory.address(buffer)
            self = unsafe .noise(
                BoundNoise(
                    noise: noise, row: row, rows: rows, target: target,
                    staging: staging.map { unsafe memory.address($0) },
                    copy: copy.map { unsafe BoundCopy($0, memory) }))
        }
    }

    @unsafe
    func run(_ borrowed: Borrowed, _ kernels: tributary_instruction_set, _ keys: NoiseKeys?, _ turn: CompiledPlan.Turn)
    {
        let chunk = turn.chunk
        switch self {
        case .loop(let program): unsafe tributary_run_program(kernels, program, Int64(chunk), turn.isFirst ? 1 : 0)
        case .kernel(let kernel, let sparse):
            if unsafe sparse?.run(borrowed, kernels) != true { unsafe kernel.run(borrowed, chunk) }
        case .weightGradient(let gradient): unsafe gradient.run(kernels, turn)
        case .convolution(let convolution): unsafe convolution.run(kernels, chunk)
        case .packing(let convolution, let weight, let packed): unsafe convolution.pack(kernels, weight, packed)
        case .columns(let columns): unsafe columns.run(kernels, chunk)
        case .copy(let copy): unsafe copy.run(borrowed, kernels, chunk: chunk)
        case .rounding(let rounding): unsafe rounding.run(borrowed, kernels)
        case .zero(let address, let chunkStride, let bytes):
            unsafe (address + chunk * chunkStride).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        case .noise(let noise):
            precondition(keys != nil, "a graph with noise needs keys")
            unsafe noise.run(keys!, kernels)
        }
    }

    private static func bind(
        _ program: LoopProgram, _ buffers: [Int], _ workspace: Int, _ plan: CompiledPlan,
        _ kernels: tributary_instruction_set,
        _ memory: Arena
    ) -> UnsafeMutablePointer<tributary_program> {
        let operands = unsafe zip(program.operands, buffers).map { place, buffer in
            unsafe tributary_operand(
                base: memory.rawAddress(buffer), strides: place.strides.quadruple(filledWith: 0),
                chunk_stride: Int64(place.chunkStride), is_half: plan.isHalf[place.node] ? 1 : 0)
        }
        let stores = unsafe zip(program.stores, buffers.dropFirst(operands.count)).map { store, buffer in
            unsafe tributary_store(
                base: memory.rawAddress(buffer), strides: store.place.strides.quadruple(filledWith: 0),
                chunk_stride: Int64(store.place.chunkStride), count: Int64(store.count),
                source: UInt16(store.source), sums: store.sums ? 1 : 0, runs_on: store.runsOn ? 1 : 0,
                is_half: plan.isHalf[store.place.node] ? 1 : 0)
        }
        var bound = unsafe tributary_program(
            extents: program.extents.quadruple(filledWith: 1), operand_count: Int32(operands.count),
            instruction_count: Int32(program.instructions.count), store_count: Int32(stores.count),
            register_count: Int32(program.registerCount), operands: memory.keep(operands),
            instructions: memory.keep(program.instructions), stores: memory.keep(stores),
            workspace: memory.address(workspace), code: nil)
        unsafe bound.code = memory.keep(code: tributary_compile(kernels, &bound))
        return unsafe memory.keep([bound])
    }
}

/// A kernel of oneDNN whose memory moves from chunk to chunk.
@unsafe
struct BoundKernel {
    let kernel: Kernel
    private let moving: [(slot: tributary_slot, base: UnsafeMutableRawPointer, chunkStride: Int)]

    private let callers: [CompiledPlan.CallersBinding]

    init(
        _ kernel: Kernel, _ bindings: [CompiledPlan.Binding], callers: [CompiledPlan.CallersBinding], _ memory: Arena
    ) {
        unsafe self.kernel = kernel
        unsafe self.callers = callers
        bindings.forEach { unsafe kernel.bind($0.slot, to: memory.rawAddress($0.buffer)) }
        unsafe moving = bindings.filter { $0.chunkStride != 0 }
            .map { unsafe ($0.slot, memory.rawAddress($0.buffer), $0.chunkStride) }
    }

    func run(_ borrowed: Borrowed, _ chunk: Int) {
        for place in unsafe callers {
            if let base = unsafe place.memory.lentToWrite(borrowed) {
                unsafe kernel.bind(place.slot, to: UnsafeMutableRawPointer(base + place.offset))
            }
        }
        unsafe moving.forEach { unsafe kernel.bind($0.slot, to: $0.base + chunk * $0.chunkStride) }
        unsafe kernel.run()
    }
}

/// The gradient of a convolution's weight, begun with the first turn.
@unsafe
struct BoundWeightGradient {
    let gradient: tributary_weight_gradient
    let images: Int
    let isHalf: Bool
    let x: UnsafeMutableRawPointer
    let xChunkStride: Int
    let y: UnsafeMutableRawPointer
    let yChunkStride: Int
    let kept: BoundKeptChannels
    let scratch: UnsafeMutableRawPointer
    let sums: UnsafeMutablePointer<Float>
    let bytes: Int

    func run(_ kernels: tributary_instruction_set, _ turn: CompiledPlan.Turn) {
        let chunk = turn.chunk
        if turn.isFirst {
            unsafe UnsafeMutableRawPointer(sums).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        }
        let (x, y) = unsafe (x + chunk * xChunkStride, y + chunk * yChunkStride)
        let kept = unsafe kept.numbers(chunk)
        unsafe withUnsafePointer(to: gradient) { gradient in
            if unsafe isHalf {
                unsafe tributary_add_weight_gradient_of_halves(
                    gradient, Int64(images), x.assumingMemoryBound(to: UInt16.self),
                    y.assumingMemoryBound(to: UInt16.self), kept, scratch, sums)
            } else {
                unsafe tributary_add_weight_gradient(
                    kernels, gradient, Int64(images), x.assumingMemoryBound(to: Float.self),
                    y.assumingMemoryBound(to: Float.self), kept, scratch, sums)
            }
        }
    }
}

/// A number for each image and channel, 0 for those that are left out; none where none is.
@unsafe
struct BoundKeptChannels {
    private let first: UnsafePointer<Float>?
    private let chunkStride: Int

    init(_ kept: CompiledPlan.Binding?, _ memory: Arena) {
        unsafe first = kept.map { unsafe UnsafePointer(memory.address($0.buffer)) }
        unsafe chunkStride = (kept?.chunkStride ?? 0) / MemoryLayout<Float>.stride
    }

    func numbers(_ chunk: Int) -> UnsafePointer<Float>? { unsafe first.map { unsafe $0 + chunk * chunkStride } }
}

/// The windows of a transposed convolution, added up.
@unsafe
struct BoundColumns {
    var columns: tributary_columns
    let images: Int
    let products: UnsafeMutablePointer<Float>
    let row: UnsafeMutablePointer<Float>
    let result: UnsafeMutableRawPointer
    let chunkStride: Int

    func run(_ kernels: tributary_instruction_set, _ chunk: Int) {
        let target = unsafe (result + chunk * chunkStride).assumingMemoryBound(to: Float.self)
        unsafe withUnsafePointer(to: columns) {
            unsafe tributary_add_columns(kernels, $0, Int64(images), products, row, target)
        }
    }
}

/// A convolution or its input gradient by a kernel of the engine's own.
@unsafe
struct BoundConvolution {
    let convolution: OwnConvolution
    let images: Int
    let source: UnsafeMutableRawPointer
    let sourceChunkStride: Int
    let kept: BoundKeptChannels
    let needed: BoundKeptChannels
    let packed: UnsafeMutableRawPointer
    let scratch: UnsafeMutableRawPointer
    let target: UnsafeMutableRawPointer
    let targetChunkStride: Int

    func run(_ kernels: tributary_instruction_set, _ chunk: Int) {
        unsafe convolution.run(
            kernels, images: images, source + chunk * sourceChunkStride, kept: kept.numbers(chunk),
            needed: needed.numbers(chunk), packed, scratch, target + chunk * targetChunkStride)
    }
}

/// A strided copy; places in the caller's arrays are found when it runs.
@unsafe
struct BoundCopy {
    private let plan: CompiledPlan.StridedCopy
    private let description: UnsafeMutablePointer<(extents: Quadruple, source: Quadruple, target: Quadruple)>
    private let source: UnsafeMutablePointer<Float>?
    private let target: UnsafeMutablePointer<Float>?

    typealias Quadruple = (Int64, Int64, Int64, Int64)

    init(_ plan: CompiledPlan.StridedCopy, _ memory: Arena) {
        let plan = plan.collapsed.ordered
        unsafe self.plan = plan
        unsafe source = plan.source.address(memory)
        unsafe target = plan.target.address(memory)
        unsafe description = memory.keep([
            (Self.atEnd(plan.extents, 1), Self.atEnd(plan.sourceStrides, 0), Self.atEnd(plan.targetStrides, 0))
        ])
    }

    func run(_ borrowed: Borrowed, _ kernels: tributary_instruction_set, chunk: Int = 0, targetShift: Int = 0) {
        let from = unsafe source.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(plan.source.lent(borrowed))
        let to = unsafe target.map { UnsafeMutableRawPointer($0) } ?? UnsafeMutableRawPointer(borrowed.outputs)
        guard let from = unsafe from, let to = unsafe to else { return }
        let size = unsafe plan.isHalf ? 2 : 4
        let sourceOffset = unsafe plan.sourceOffset + chunk * plan.sourceChunkStride
        let targetOffset = unsafe plan.targetOffset + chunk * plan.targetChunkStride + targetShift
        unsafe withUnsafePointer(to: &description.pointee.extents.0) { extents in
            unsafe withUnsafePointer(to: &description.pointee.source.0) { sourceStrides in
                unsafe withUnsafePointer(to: &description.pointee.target.0) { targetStrides in
                    unsafe tributary_copy(
                        kernels, extents, from + size * sourceOffset, sourceStrides, to + size * targetOffset,
                        targetStrides,
                        plan.isHalf ? 1 : 0)
                }
            }
        }
    }

    private static func atEnd(_ values: [Int], _ filler: Int64) -> Quadruple {
        let four = Array<Int64>(repeating: filler, count: 4 - values.count) + values.map(Int64.init)
        return (four[0], four[1], four[2], four[3])
    }
}

/// Floats that become bfloat16 numbers.
@unsafe
struct BoundRounding {
    let source: CompiledPlan.Memory
    let address: UnsafeMutablePointer<Float>?
    let offset: Int
    let count: Int
    let target: UnsafeMutableRawPointer

    func run(_ borrowed: Borrowed, _ kernels: tributary_instruction_set) {
        guard let from = unsafe address.map({ unsafe UnsafePointer($0) }) ?? source.lent(borrowed) else { return }
        unsafe tributary_round_to_halves(
            kernels, Int64(count), from + offset, target.assumingMemoryBound(to: UInt16.self))
    }
}

extension CompiledPlan.Memory {
    /// Where planned memory is; nil for what the caller brings.
    @unsafe
    fileprivate func address(_ memory: Arena) -> UnsafeMutablePointer<Float>? {
        if case .buffer(let buffer) = self { unsafe memory.address(buffer) } else { nil }
    }

    /// Where the caller has what is read.
    @unsafe
    fileprivate func lent(_ borrowed: Borrowed) -> UnsafePointer<Float>? {
        switch self {
        case .parameters: unsafe borrowed.parameters
        case .statistics: unsafe borrowed.statistics
        case .inputs: unsafe borrowed.inputs
        case .buffer, .outputs: nil
        }
    }

    /// The same for a kernel of oneDNN, which takes all addresses as if it wrote there.
    @unsafe
    func lentToWrite(_ borrowed: Borrowed) -> UnsafeMutablePointer<Float>? {
        if case .outputs = self { return unsafe borrowed.outputs }
        return unsafe UnsafeMutablePointer(mutating: lent(borrowed))
    }
}

/// Keyed noise for every row of a microbatch, put into the layout of its tensor.
@unsafe
struct BoundNoise {
    let noise: Operation.Noise
    let row: Int
    let rows: Int
    let target: UnsafeMutablePointer<Float>
    let staging: UnsafeMutablePointer<Float>?
    let copy: BoundCopy?

    func run(_ keys: NoiseKeys, _ kernels: tributary_instruction_set) {
        precondition(
            unsafe keys.examples.count == rows, "\(keys.examples.count) examples for \(unsafe rows) rows of noise")
        let (distribution, probability) = unsafe noise.distribution.code
        for index in unsafe 0..<rows {
            var stream = unsafe tributary_stream(
                seed: keys.seed, pass: keys.pass(row: index, of: noise), example: keys.examples[index],
                operator_number: noise.key, sample: keys.samples[index])
            let place = unsafe staging ?? target + index * row
            unsafe tributary_fill_noise(kernels, distribution, &stream, probability, Int64(row), place)
            unsafe copy?.run(Borrowed(), kernels, targetShift: index * row)
        }
    }
}

extension Operation.Noise.Distribution {
    fileprivate var code: (tributary_distribution, Float) {
        switch self {
        case .normal: (TRIBUTARY_NORMAL, 0)
        case .uniform: (TRIBUTARY_UNIFORM, 0)
        case .bernoulli(let probability): (TRIBUTARY_BERNOULLI, probability)
        }
    }
}
