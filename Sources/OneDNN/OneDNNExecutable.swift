import CKernels
import COneDNN
import Glibc
import Tensors

/// A compiled graph with its memory: an arena with an address for every buffer, and kernels bound to them.
final class OneDNNExecutable: ProfilingExecutable {
    private let graph: Graph
    private let memory: Arena
    private let loads: [BoundStep]
    private let runs: [BoundStep]
    private let costs: [OperationCost]
    /// For outputs that nobody wants.
    private lazy var spareOutputs = [Float](repeating: 0, count: graph.outputs.count)
    private let segments: [CompiledPlan.Segment]
    /// One for each segment.
    private var prefetches: [Prefetch]
    /// Of each step, whether it is a convolution, a product, or noise that says which channels they leave out.
    private let isLinearPart: [Bool]
    private let kernels: tributary_instruction_set
    private var loaded: any ParameterMemory = ParameterArrays(parameters: [], statistics: [])
    private(set) var counters: ExecutionCounters
    var leavesZerosOut = true

    init(_ plan: CompiledPlan, _ instructionSet: InstructionSet, filledWith filler: UInt8 = 0) throws {
        graph = plan.graph
        kernels = instructionSet.kernels
        let memory = Arena(plan, filledWith: filler)
        self.memory = memory
        loads = plan.loads.map { BoundStep($0, plan, instructionSet.kernels, memory: memory) }
        runs = plan.runs.map { BoundStep($0, plan, instructionSet.kernels, memory: memory) }
        segments = plan.segments
        prefetches = plan.segments.map { Prefetch(plan.chunkedBuffers(of: $0), memory) }
        costs = plan.costs
        isLinearPart = zip(plan.runs, plan.costs).map { step, cost in
            if case .noise(_, _, _, _, _, let buffer) = step { return plan.buffersOfKeptChannels.contains(buffer) }
            return cost.kind == .linear
        }
        counters = plan.counters
        counters.arenaBytes = memory.bytes
    }

    func load(_ memory: any ParameterMemory) {
        loaded = memory
        prepareThread()
        unsafe borrowParameters { borrowed in
            for step in loads { unsafe step.run(borrowed, kernels, nil, .only) }
        }
    }

    func run(
        inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
        whenReady: (Range<Int>, Span<Float>) -> Void
    ) {
        let allocationsBefore = memory.allocations
        unsafe borrow(inputs, &outputs) { borrowed in
            let results = unsafe Span(
                _unsafeElements: UnsafeBufferPointer(start: borrowed.outputs, count: graph.outputs.count))
            for segment in segments.indices {
                eachTurn(of: segment) { step, turn in unsafe runs[step].run(borrowed, kernels, noise, turn) }
                for range in segments[segment].outputs { whenReady(range, results) }
            }
        }
        counters.allocationsInRuns += memory.allocations - allocationsBefore
    }

    func profile(inputs: [Float], noise: NoiseKeys, into outputs: inout [Float]) -> [OperationCost] {
        var costs = costs
        let clock = ContinuousClock()
        var results = outputs.mutableSpan
        unsafe borrow(inputs, &results) { borrowed in
            for segment in segments.indices {
                eachTurn(of: segment) { step, turn in
                    let time = clock.measure { unsafe runs[step].run(borrowed, kernels, noise, turn) }
                    costs[step].seconds += time / .seconds(1)
                }
            }
        }
        return costs
    }

    func runLinearParts(noise: NoiseKeys) {
        prepareThread()
        unsafe spareOutputs.withUnsafeMutableBufferPointer { outputs in
            unsafe borrowParameters(nil, outputs.baseAddress) { borrowed in
                // What lies in memory is of other steps: how many zeros it has means nothing.
                var borrowed = unsafe borrowed
                unsafe borrowed.leavesZerosOut = false
                for segment in segments.indices {
                    eachTurn(of: segment, prefetches: false) { step, turn in
                        if isLinearPart[step] { unsafe runs[step].run(borrowed, kernels, noise, turn) }
                    }
                }
            }
        }
    }

    /// Calls for each step of a segment in each of its turns.
    private func eachTurn(
        of segment: Int, prefetches isPrefetching: Bool = true, _ body: (_ step: Int, CompiledPlan.Turn) -> Void
    ) {
        for turn in segments[segment].turns {
            if isPrefetching { prefetches[segment].begin(turn) }
            for step in segments[segment].steps { body(step, turn) }
            if isPrefetching { counters.bytesPrefetched += prefetches[segment].end() }
        }
    }

    private func prepareThread() {
        tributary_onednn_pin_thread()
        tributary_flush_denormals()
    }

    @unsafe
    private func borrow(_ inputs: [Float], _ outputs: inout MutableSpan<Float>, _ body: (Borrowed) -> Void) {
        precondition(
            inputs.count == graph.inputs.count && outputs.count == graph.outputs.count,
            "\(inputs.count) inputs and room for \(outputs.count) outputs for a graph of \(graph.inputs.count) and "
                + "\(graph.outputs.count)")
        prepareThread()
        unsafe inputs.withUnsafeBufferPointer { inputs in
            unsafe outputs.withUnsafeMutableBufferPointer { outputs in
                unsafe borrowParameters(inputs.baseAddress, outputs.baseAddress, body)
            }
        }
    }

    @unsafe
    private func borrowParameters(
        _ inputs: UnsafePointer<Float>? = nil, _ outputs: UnsafeMutablePointer<Float>? = nil, _ body: (Borrowed) -> Void
    ) {
        loaded.lend { parameters, statistics in
            precondition(
                parameters.count == graph.parameters.count && statistics.count == graph.statistics.count,
                "\(parameters.count) parameters and \(statistics.count) statistics for a graph of \(graph.parameters.count) and "
                    + "\(graph.statistics.count)")
            unsafe parameters.withUnsafeBufferPointer { parameters in
                unsafe statistics.withUnsafeBufferPointer { statistics in
                    unsafe body(
                        Borrowed(
                            parameters: parameters.baseAddress, statistics: statistics.baseAddress, inputs: inputs,
                            outputs: outputs, leavesZerosOut: leavesZerosOut))
                }
            }
        }
    }
}

/// Arrays of the caller, for the length of a call.
@unsafe
struct Borrowed {
    var parameters: UnsafePointer<Float>?
    var statistics: UnsafePointer<Float>?
    var inputs: UnsafePointer<Float>?
    var outputs: UnsafeMutablePointer<Float>?
    var leavesZerosOut = false
}

/// All memory of an executable: what outlasts a run, then what a run plans over.
@safe
final class Arena {
    let bytes: Int
    private(set) var allocations = 0
    private static let hugePage = 2 << 20
    private let base: UnsafeMutableRawPointer
    private let offsets: [Int]
    /// Small C structures that steps point to.
    private var structures: [UnsafeMutableRawPointer] = unsafe []
    private var codes: [tributary_machine_code] = unsafe []

    /// - Parameter filler: What memory holds that steps have not written yet.
    init(_ plan: CompiledPlan, filledWith filler: UInt8) {
        let placed = MemoryPlan(plan.buffers.map { .init(bytes: $0.bytes, life: $0.life ?? 0...0) })
        offsets = placed.offsets
        // Kernels may read a vector beyond the last element, and write there what they read.
        bytes = placed.totalBytes + MemoryPlan.alignment
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.hugePage)
        // Fewer, larger pages; where the system has none the arena works all the same.
        unsafe madvise(base, bytes, MADV_HUGEPAGE)
        unsafe base.initializeMemory(as: UInt8.self, repeating: filler, count: bytes)
        // Padding inside packed layouts, and scratch that kernels read before they write it.
        for (buffer, offset) in zip(plan.buffers, offsets) where buffer.persists {
            unsafe (base + offset).initializeMemory(as: UInt8.self, repeating: 0, count: buffer.bytes)
        }
    }

    deinit {
        unsafe codes.forEach { unsafe tributary_release_code($0) }
        unsafe structures.forEach { unsafe $0.deallocate() }
        unsafe base.deallocate()
    }

    func address(_ buffer: Int) -> UnsafeMutablePointer<Float> {
        unsafe (base + offsets[buffer]).assumingMemoryBound(to: Float.self)
    }

    func rawAddress(_ buffer: Int) -> UnsafeMutableRawPointer { unsafe base + offsets[buffer] }

    /// Keeps machine code as long as the arena.
    func keep(code: tributary_machine_code?) -> tributary_machine_code? {
        if let code = unsafe code { unsafe codes.append(code) }
        return unsafe code
    }

    /// Copies values to memory that lives as long as the arena.
    func keep<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        allocations += 1
        let memory = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
        unsafe memory.initialize(from: values, count: values.count)
        unsafe structures.append(UnsafeMutableRawPointer(memory))
        return unsafe memory
    }
}
