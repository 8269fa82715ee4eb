import Contract
import Messaging
import Randomness
import Testing
import Training

@testable import Cluster
@testable import Coordination

/// Parameters as they lie in the coordinator's memory, and what a worker makes of them when they are written over.
@Suite struct StoredParametersTests {
    /// A coordinator's parameters and a worker's view of its memory.
    private final class Machine {
        private let cluster: TestCluster
        private let opening: RunOpening
        private let sizes: BulkSizes
        private let shared: SharedMemory
        var training: RunState
        var outgoing: OutgoingParameters

        init() throws {
            cluster = try TestCluster()
            opening = try RunOpening(cluster.options)
            let records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
            training = opening.begin(cluster.options, records)
            let model = training.model
            sizes = BulkSizes(
                parameterBytes: 4 * (model.parameters.count + model.statistics.count),
                partialBytes: opening.program.partialFormat.bytes, evaluationBytes: 12, exampleBytes: 16, chunkBytes: 64
            )
            let memory = try OwnMemory(slots: MemoryRegion.parameterSlots, slotBytes: sizes.parameterBytes)
            shared = try SharedMemory(MemoryRegion(memory))
            outgoing = OutgoingParameters(sizes, memory: memory)
        }

        deinit { cluster.remove() }

        /// Applies a made-up sum; the parameters are updated as they are asked for.
        func step() throws {
            _ = try training.settle()
            let random = RandomStream(seed: 4, operator: 1, example: UInt32(training.model.step))
            let sum = (0..<opening.program.partialFormat.count).map { 1 + Float(random.uniform($0)) }
            let round = Round(step: training.model.step, kind: .training)
            _ = try training.apply(
                RootSum(sum), RoundReport(round: round, partials: 1, moves: 0, workers: 1), imagesPerSecond: 1)
        }

        func store(keeping steps: Set<Int> = []) throws -> MemorySlot {
            if let room = outgoing.room(forStep: training.model.step, keeping: steps) { training.write(to: room) }
            return try #require(outgoing.stored)
        }

        /// Parameters and statistics of now.
        var floats: [Float] {
            get throws {
                _ = try training.settle()
                return training.model.parameters + training.model.statistics
            }
        }

        /// What a worker's threads share once it has heard of the slot.
        func snapshot(_ slot: MemorySlot) -> Snapshot {
            Snapshot(shared, slot, counts: training.program.broadcastCounts, number: 1)
        }

        /// What a thread computes with; nil where it has to be told to do it again.
        func read(_ snapshot: Snapshot) -> [Float]? {
            var found: [Float] = []
            snapshot.lend { parameters, statistics in
                found = parameters.indices.map { parameters[$0] } + statistics.indices.map { statistics[$0] }
            }
            return snapshot.isIntact ? found : nil
        }

        func read(_ slot: MemorySlot) -> [Float]? { read(snapshot(slot)) }

        /// The same as chunks of the bulk link; nil where one is gone.
        func chunks(ofStep step: Int, keeping steps: Set<Int>) -> [Float]? {
            var arriving = ArrivingParameters(counts: training.program.broadcastCounts)
            for start in stride(from: 0, to: sizes.parameterBytes, by: sizes.chunkBytes) {
                let range = start..<min(sizes.parameterBytes, start + sizes.chunkBytes)
                training.update(upTo: range.upperBound / 4)
                guard let chunk = outgoing.chunk(range, ofStep: step, of: training.model, keeping: steps) else {
                    return nil
                }
                arriving.place(chunk, at: start / 4)
            }
            return arriving.parts.flatMap { $0 }
        }
    }

    @Test func aWorkerReadsWhatTheCoordinatorStores() throws {
        let machine = try Machine()
        let first = try machine.store()
        #expect(try machine.read(first) == machine.floats)
        try machine.step()
        let second = try machine.store()
        #expect(try machine.store() == second, "a step is stored once")
        #expect(second.index != first.index && second.stamp > first.stamp)
        #expect(try machine.read(second) == machine.floats)
    }

    @Test func parametersStayForOneMoreStepAndAreThenKnownToBeWrittenOver() throws {
        let machine = try Machine()
        let first = try machine.store()
        let floats = try machine.floats
        try machine.step()
        let second = try machine.store()
        #expect(machine.read(first) == floats)
        let newer = try machine.floats
        try machine.step()
        let third = try machine.store()
        #expect(third.index == first.index)
        #expect(machine.read(first) == nil)
        #expect(machine.read(second) == newer)
    }

    /// A thread that is late has them written over between the news and its reading.
    @Test func parametersThatAreWrittenOverBeforeAThreadReadsThemAreRefused() throws {
        let machine = try Machine()
        let snapshot = machine.snapshot(try machine.store())
        for _ in 0..<2 {
            try machine.step()
            _ = try machine.store()
        }
        #expect(machine.read(snapshot) == nil)
    }

    /// A coordinator that went back to an earlier step announces it under a stamp that nobody has seen.
    @Test func noStampIsGivenTwiceWhenTheRunGoesBack() throws {
        let machine = try Machine()
        let old = try machine.store()
        machine.outgoing.restart()
        let new = try machine.store()
        #expect(new.stamp > old.stamp)
        #expect(try machine.read(new) == machine.floats)
    }

    /// A sum in question is computed once more from the parameters of its step, which may have been in memory only.
    @Test func parametersOfAStepInQuestionOutliveTheirSlot() throws {
        let machine = try Machine()
        let slot = try machine.store()
        let floats = try machine.floats
        for _ in 0..<2 {
            try machine.step()
            _ = try machine.store(keeping: [0])
        }
        #expect(machine.read(slot) == nil)
        #expect(machine.chunks(ofStep: 0, keeping: [0]) == floats)
        #expect(machine.chunks(ofStep: 1, keeping: [0]) == nil)
        #expect(try machine.chunks(ofStep: 2, keeping: [0]) == machine.floats)
        try machine.step()
        _ = try machine.store()
        #expect(machine.chunks(ofStep: 0, keeping: []) == nil)
    }
}
