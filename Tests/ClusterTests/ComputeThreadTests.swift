import Contract
import Coordination
import Dispatch
import Messaging
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
                try #require(arrived.wait(timeout: .now() + 20) == .success)
                switch news.withLock({ $0.removeFirst() }) {
                case .prepared: return words + ["prepared"]
                case .chunksReady(_, let chunks): words += chunks.map { "chunk \($0)" }
                case .overwritten: return words + ["overwritten"]
                case .finished: return words + ["finished"]
                case .unprepared(let sentence), .failed(let sentence): return words + [sentence]
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
        let contract = try program.contract(engine: Interpreter(), dataFingerprint: "none")
        let workshop = try Workshop(
            contract,
            .init(
                name: "", contract: "", parameterBytes: 4 * (parameters + statistics),
                partialBytes: program.partialFormat.bytes, evaluationBytes: EvaluationSums.format.bytes,
                exampleBytes: program.pixelsPerExample, chunkBytes: chunkBytes, windowBytes: 1 << 20),
            WorkerOptions(connect: "ipc:///nowhere", threads: 1) { _ in engine }, graphBytes: 1 << 30)
        let examples = program.plan.microbatch(step: 0, shard: 0, seed: program.configuration.seed).examples
        workshop.pixels.put(
            Message(
                RandomExamples(trainingCount: 100, validationCount: 21).pixels(
                    of: examples.map(Int.init), in: .train)), PixelSplit.training, examples)

        let reports = Reports()
        let thread = ComputeThread(0) { reports.put($0) }
        defer { thread.end() }
        thread.prepare(workshop, probes: false)
        #expect(try reports.job() == ["prepared"])

        let leaf = Leaf(
            round: Round(step: 0, kind: .training), node: program.tree.leaf(ofShard: 0), shard: 0)
        workshop.sums.expect(leaf)
        let shared = try SharedMemory(MemoryRegion(memory))
        thread.compute(
            leaf, Snapshot(shared, slot, parameters: parameters, statistics: statistics, number: 1))
        let first = try reports.job()
        let grid = ChunkGrid(format: program.partialFormat, chunkBytes: chunkBytes)
        let whole = grid.indices.filter { grid.piece($0).elements.upperBound <= program.layout.partialCount / 2 }
        #expect(first == whole.map { "chunk \($0)" } + ["overwritten"])

        // The same parameters come over the link, and the leaf is computed once more.
        var arriving = ArrivingParameters(parameters: parameters, statistics: statistics)
        let values = state.parameters + state.statistics
        arriving.place(
            Message(floats: values.count) { _, floats in for index in values.indices { floats[index] = values[index] }
            }, at: 0)
        thread.compute(leaf, Snapshot(arriving, number: 2))
        #expect(try reports.job() == grid.indices.map { "chunk \($0)" } + ["finished"])
        thread.compute(
            leaf, Snapshot(shared, slot, parameters: parameters, statistics: statistics, number: 3))
        #expect(try reports.job() == ["overwritten"])
    }
}
