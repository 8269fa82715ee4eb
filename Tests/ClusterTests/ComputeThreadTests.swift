import Contract
import Coordination
import Dispatch
import Messaging
import Parallel
import Synchronization
import Tensors
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// A thread whose parameters the coordinator writes over while it computes with them.
@Suite struct ComputeThreadTests {
    /// The interpreter, which tells of the first half of its outputs, lets something happen, and tells of the rest.
    private struct InterruptedInterpreter: Engine {
        let meanwhile: @Sendable () -> Void

        var numericClass: String { Interpreter().numericClass }

        func compile(_ graph: Graph) throws -> any Executable {
            Interrupted(sound: Interpreter().compile(graph), meanwhile: meanwhile)
        }

        private final class Interrupted: Executable {
            private let sound: any Executable
            private let meanwhile: @Sendable () -> Void

            init(sound: any Executable, meanwhile: @escaping @Sendable () -> Void) {
                self.sound = sound
                self.meanwhile = meanwhile
            }

            var counters: ExecutionCounters { sound.counters }

            func load(_ memory: any ParameterMemory) { sound.load(memory) }

            func run(
                inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
                whenReady: (Range<Int>, Span<Float>) -> Void
            ) {
                sound.run(inputs: inputs, noise: noise, into: &outputs) { _, _ in }
                whenReady(0..<outputs.count / 2, outputs.span)
                meanwhile()
                whenReady(outputs.count / 2..<outputs.count, outputs.span)
            }
        }
    }

    /// What a thread said, in order.
    private final class Reports: Sendable {
        private let news = Mutex<[ComputeThread.News]>([])
        private let arrived = DispatchSemaphore(value: 0)

        func put(_ news: ComputeThread.News) {
            self.news.withLock { $0.append(news) }
            arrived.signal()
        }

        /// Everything up to the end of a job.
        func job() throws -> [String] {
            var words: [String] = []
            while true {
                try #require(arrived.wait(timeout: .now() + 1200) == .success)
                switch news.withLock({ $0.removeFirst() }) {
                case .prepared: return words + ["prepared"]
                case .chunksReady(_, let chunks): words += chunks.map { "chunk \($0)" }
                case .overwritten: return words + ["overwritten"]
                case .finished: return words + ["finished"]
                case .unprepared(_, let sentence), .failed(let sentence): return words + [sentence]
                }
            }
        }
    }

    @Test func nothingIsToldOfALeafOnceItsParametersAreWrittenOver() throws {
        let program = try TrainingProgram(
            RunConfiguration.tinyConvolutions, trainingExamples: 100, validationExamples: 21)
        let state = program.initialState()
        let (parameters, statistics) = (state.parameters.count, state.statistics.count)
        let memory = try OwnMemory(slots: 2, slotBytes: 4 * (parameters + statistics))
        let slot = MemorySlot(index: 0, stamp: 5)
        memory.begin(slot.index, stamp: slot.stamp)
        memory.write(state.parameters.span, slot.index, at: 0)
        memory.write(state.statistics.span, slot.index, at: 4 * parameters)
        let engine = InterruptedInterpreter { memory.begin(slot.index, stamp: slot.stamp + 1) }

        let chunkBytes = 64
        let workshop = try workshop(program, engine, chunkBytes: chunkBytes)
        putPixels(of: 0..<1, shard: 0, program, into: workshop)

        let reports = Reports()
        let thread = ComputeThread(0, SpanRecorder(MonotonicClock())) { reports.put($0) }
        defer { thread.end() }
        thread.prepare(workshop, probes: false)
        #expect(try reports.job() == ["prepared"])

        let leaf = leaf(step: 0, shard: 0, program)
        workshop.sums.expect(leaf)
        let shared = try SharedMemory(MemoryRegion(memory))
        thread.compute(
            leaf, Snapshot(shared, slot, counts: program.broadcastCounts, number: 1))
        let first = try reports.job()
        let grid = ChunkGrid(format: program.partialFormat, chunkBytes: chunkBytes)
        let whole = grid.indices.filter { grid.piece($0).elements.upperBound <= program.layout.partialCount / 2 }
        #expect(first == whole.map { "chunk \($0)" } + ["overwritten"])

        // The same parameters come over the link, and the leaf is computed once more.
        thread.compute(leaf, snapshot(state, number: 2))
        #expect(try reports.job() == grid.indices.map { "chunk \($0)" } + ["finished"])
        thread.compute(
            leaf, Snapshot(shared, slot, counts: program.broadcastCounts, number: 3))
        #expect(try reports.job() == ["overwritten"])
    }

    @Test func aThreadThatComputesTheSameLeavesEachStepTakesTheNextOnesPixelsInBeforehand() throws {
        let program = try TrainingProgram(
            RunConfiguration.tinyConvolutions, trainingExamples: 100, validationExamples: 21)
        let workshop = try workshop(program, Interpreter(), chunkBytes: 1 << 20)
        for shard in [1, 2] { putPixels(of: 0..<4, shard: shard, program, into: workshop) }
        let memory = try OwnMemory(slots: 1, slotBytes: program.partialFormat.bytes)
        var bench = ComputeBench(thread: 0, SpanRecorder(MonotonicClock())) { _ in }
        _ = bench.handle(.prepare(workshop, probes: false))
        let snapshot = snapshot(program.initialState(), number: 1)
        func compute(_ step: Int, _ shard: Int) throws -> [Float] {
            let leaf = leaf(step: step, shard: shard, program, in: MemorySlot(index: 0, stamp: 1))
            workshop.sums.expect(leaf, in: memory)
            guard case .finished? = bench.handle(.compute(leaf, snapshot)) else { throw Unfinished() }
            bench.lookAhead()
            workshop.sums.forget(leaf.round, node: leaf.node)
            return memory.withNumbers(0, 0..<program.partialFormat.bytes) { _, floats in
                floats.indices.map { floats[$0] }
            }
        }
        for step in 0..<2 {
            for shard in [1, 2] { _ = try compute(step, shard) }
        }
        // It has the pixels of the next step's first leaf, whatever becomes of the others.
        workshop.pixels.forget(shard: 1)
        #expect(try compute(2, 1) == partial(of: 2, shard: 1, program))
        // What it took in is not used for another leaf.
        putPixels(of: 0..<5, shard: 1, program, into: workshop)
        #expect(try compute(2, 2) == partial(of: 2, shard: 2, program))
        #expect(try compute(3, 2) == partial(of: 3, shard: 2, program))
    }

    @Test func nothingIsGuessedFromAnotherRun() throws {
        func program(shards: Int) throws -> TrainingProgram {
            var configuration = RunConfiguration.tinyConvolutions
            configuration.shards = shards
            return try TrainingProgram(configuration, trainingExamples: 100, validationExamples: 21)
        }
        let (large, small) = (try program(shards: 8), try program(shards: 4))
        let workshops = [
            try workshop(large, Interpreter(), chunkBytes: 1 << 20),
            try workshop(small, Interpreter(), chunkBytes: 1 << 20),
        ]
        putPixels(of: 0..<3, shard: 7, large, into: workshops[0])
        var bench = ComputeBench(thread: 0, SpanRecorder(MonotonicClock())) { _ in }
        _ = bench.handle(.prepare(workshops[0], probes: false))
        let snapshot = snapshot(large.initialState(), number: 1)
        for step in 0..<2 {
            let leaf = leaf(step: step, shard: 7, large)
            workshops[0].sums.expect(leaf)
            _ = bench.handle(.compute(leaf, snapshot))
        }
        // The coordinator is gone, and another one leads a run that has no such shard.
        _ = bench.handle(.prepare(workshops[1], probes: false))
        bench.lookAhead()
        putPixels(of: 0..<1, shard: 3, small, into: workshops[1])
        let leaf = leaf(step: 0, shard: 3, small)
        workshops[1].sums.expect(leaf)
        guard case .finished? = bench.handle(.compute(leaf, snapshot)) else { throw Unfinished() }
    }

    @Test func aThreadComputesOnTheCoreThatItIsGiven() throws {
        let program = try TrainingProgram(
            RunConfiguration.tinyConvolutions, trainingExamples: 100, validationExamples: 21)
        let core = try #require(Cores.available.last)
        let cores = Mutex<[Int]>([])
        let engine = InterruptedInterpreter { cores.withLock { $0 = Cores.available } }
        let workshop = try workshop(program, engine, chunkBytes: 1 << 20)
        putPixels(of: 0..<1, shard: 0, program, into: workshop)
        let reports = Reports()
        let thread = ComputeThread(0, core: core, SpanRecorder(MonotonicClock())) { reports.put($0) }
        defer { thread.end() }
        thread.prepare(workshop, probes: false)
        _ = try reports.job()
        let leaf = leaf(step: 0, shard: 0, program)
        workshop.sums.expect(leaf)
        thread.compute(leaf, snapshot(program.initialState(), number: 1))
        #expect(try reports.job().last == "finished")
        #expect(cores.withLock { $0 } == [core])
    }

    private struct Unfinished: Error {}

    private func workshop(_ program: TrainingProgram, _ engine: any Engine, chunkBytes: Int) throws -> Workshop {
        try Workshop(
            try program.contract(engine: Interpreter(), dataFingerprint: "none"),
            .init(
                name: "", contract: "",
                parameterBytes: 4 * program.broadcastCounts.reduce(0, +),
                partialBytes: program.partialFormat.bytes, evaluationBytes: program.evaluationFormat.bytes,
                exampleBytes: program.bytesPerExample, chunkBytes: chunkBytes, windowBytes: 1 << 20),
            WorkerOptions(connect: "ipc:///nowhere", threads: 1) { _ in engine }, graphBytes: 1 << 30)
    }

    private let source = RandomExamples(trainingCount: 100, validationCount: 21)

    private func putPixels(of steps: Range<Int>, shard: Int, _ program: TrainingProgram, into workshop: Workshop) {
        for step in steps {
            let examples = program.plan.microbatch(step: step, shard: shard, seed: program.configuration.seed).examples
            workshop.pixels.put(
                Message(source.pixels(of: examples.map(Int.init), in: .train)), PixelSplit.training, examples)
        }
    }

    private func leaf(step: Int, shard: Int, _ program: TrainingProgram, in slot: MemorySlot? = nil) -> Leaf {
        let node = program.tree.leaf(ofShard: shard)
        return Leaf(round: Round(step: step, kind: .training), node: node, shard: shard, slot: slot)
    }

    private func snapshot(_ state: ModelState, number: Int) -> Snapshot {
        let values = state.parameters + state.statistics
        var arriving = ArrivingParameters(counts: state.broadcast.map(\.count))
        arriving.place(
            Message(floats: values.count) { _, floats in for index in values.indices { floats[index] = values[index] }
            }, at: 0)
        return Snapshot(arriving, number: number)
    }

    /// What a leaf has to be, computed by itself.
    private func partial(of step: Int, shard: Int, _ program: TrainingProgram) throws -> [Float] {
        let computer = try program.leafComputer(engine: Interpreter())
        computer.load(program.initialState().parameterMemory)
        let microbatch = program.plan.microbatch(step: step, shard: shard, seed: program.configuration.seed)
        var partial = [Float](repeating: 0, count: program.layout.partialCount)
        computer.compute(
            microbatch, step: step, pixels: source.pixels(of: microbatch.examples.map(Int.init), in: .train),
            into: &partial)
        return partial
    }
}
