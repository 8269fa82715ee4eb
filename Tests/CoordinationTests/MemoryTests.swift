import Contract
import Testing

@testable import Coordination

/// Parameters and sums in memory that the processes of a machine share.
@Suite struct MemoryTests {
    @Test func memoryIsToldInUnitsThatShowTheDifference() {
        #expect(MemoryBudget.text(1e6, .down) == "1.0 MB")
        #expect(MemoryBudget.text(66.13e6) == "66.2 MB")
        #expect(MemoryBudget.text(8e9 + 1) == "8.1 GB" && MemoryBudget.text(8e9 + 1, .down) == "8.0 GB")
    }

    private static let coordinators = MemoryRegion(process: 1, descriptor: 8, identity: 3, slots: 2, slotBytes: 40)
    private static let workers = MemoryRegion(process: 2, descriptor: 9, identity: 4, slots: 3, slotBytes: 20)
    private let round = Round(step: 3, kind: .training)
    private let peer = Peer([1])

    // MARK: - The worker

    private func bench(threads: Int = 1) -> Bench {
        var welcome = Bench.welcome
        welcome.memory = Self.coordinators
        var bench = Bench(threads: threads)
        _ = bench.handle(.begin)
        _ = bench.hear(.welcome(welcome))
        _ = bench.handle(.prepared(probe: "probe"))
        _ = bench.handle(.memoryOpened(Self.workers))
        _ = bench.hear(.accepted)
        // All pixels are here from an earlier round, in which it had every shard.
        _ = bench.hear(lease(1, 0, step: 0), step: 0)
        for example in 0..<100 { _ = bench.hearRows([UInt32(example)]) }
        return bench
    }

    private func lease(_ node: Int, _ identifier: UInt64, step: Int = 3) -> CoordinatorMessage {
        .lease(.init(identifier: identifier, round: Round(step: step, kind: .training), node: node))
    }

    private func begin(_ node: Int, _ identifier: UInt64, step: Int, _ bench: inout Bench) -> [Leaf] {
        _ = bench.hear(lease(node, identifier, step: step), step: step)
        return bench.hear(.parametersStored(MemorySlot(index: step % 2, stamp: UInt64(step))), step: step).leaves
    }

    private func announced(_ actions: [WorkerAction]) -> [(WorkerMessage.PartialChunk, MemorySlot)] {
        actions.messages.compactMap { if case .sumStored(let chunk, let slot) = $0 { (chunk, slot) } else { nil } }
    }

    @Test func aWorkerThatReadsTheCoordinatorsMemoryOffersItsOwn() {
        var (bench, actions) = welcomed(Self.coordinators)
        #expect(actions.contains(.openMemory(Self.coordinators, slots: 3, slotBytes: 20)))
        #expect(bench.handle(.memoryOpened(Self.workers)).messages == [.memory(Self.workers)])
    }

    /// A worker that was welcomed and has built the model, and what it does then.
    private func welcomed(_ region: MemoryRegion) -> (Bench, [WorkerAction]) {
        var welcome = Bench.welcome
        welcome.memory = region
        var bench = Bench()
        _ = bench.handle(.begin)
        #expect(!opensMemory(bench.hear(.welcome(welcome))), "before the model's sizes are known")
        let actions = bench.handle(.prepared(probe: "probe"))
        return (bench, actions)
    }

    private func opensMemory(_ actions: [WorkerAction]) -> Bool {
        actions.contains { if case .openMemory = $0 { true } else { false } }
    }

    @Test(arguments: [(2, 36), (2, 44), (1, 40), (3, 40), (64, 1 << 40), (0, 40)])
    func aCoordinatorsMemoryOfAnotherSizeThanParametersNeedIsLeftAlone(slots: Int, slotBytes: Int) {
        let (bench, actions) = welcomed(
            MemoryRegion(process: 1, descriptor: 8, identity: 3, slots: slots, slotBytes: slotBytes))
        #expect(!opensMemory(actions))
        #expect(bench.state.malformed == 1)
    }

    /// The model is built for one set of sizes; after a coordinator's restart the contract may be the same and they not.
    @Test func aWelcomeOfOtherSizesIsPreparedForAnewBeforeMemoryIsOpened() {
        var bench = bench()
        func again(_ welcome: CoordinatorMessage.Welcome, epoch: UInt64) -> [WorkerAction] {
            _ = bench.hear(.stranger)
            return bench.hear(.welcome(welcome), epoch: epoch)
        }
        var welcome = Bench.welcome
        welcome.memory = Self.coordinators
        #expect(opensMemory(again(welcome, epoch: 2)))
        welcome.chunkBytes = 8
        let actions = again(welcome, epoch: 3)
        #expect(!opensMemory(actions) && actions.contains { if case .prepare = $0 { true } else { false } })
    }

    @Test func aSumIsAnnouncedInOneMessage() {
        var bench = bench()
        let leaves = begin(8, 1, step: 3, &bench)
        #expect(leaves.first?.slot == MemorySlot(index: 0, stamp: 1))
        #expect(announced(bench.handle(.chunkReady(leaves[0], chunk: 1))).isEmpty)
        let actions = bench.handle(.leafFinished(leaves[0]))
        #expect(actions.uploads.isEmpty)
        let found = announced(actions)
        #expect(found.map(\.0) == [.init(round: round, lease: 1, node: 8, offset: 0, bytes: 20, leafTime: .zero)])
        #expect(found.map(\.1) == [MemorySlot(index: 0, stamp: 1)])
        // The same node again, under another lease: the sum lies where it lay.
        #expect(announced(bench.hear(lease(8, 2), step: 3)).map(\.0.lease) == [2])
    }

    @Test func sumsOfOneRoundLieInDifferentSlotsAndTheNextRoundWritesOverThem() {
        var bench = bench()
        let first = begin(8, 1, step: 3, &bench)[0]
        _ = bench.handle(.leafFinished(first))
        let second = bench.hear(lease(9, 2), step: 3).leaves[0]
        _ = bench.handle(.leafFinished(second))
        #expect([first.slot?.index, second.slot?.index] == [0, 1])
        let next = begin(8, 3, step: 4, &bench)[0]
        #expect(next.slot == MemorySlot(index: 0, stamp: 3))
    }

    /// The coordinator may still have the sum of the later round that the worker was in.
    @Test func aLeaseOfAnEarlierRoundWritesOverNothingOfALaterOne() {
        var bench = bench()
        let later = begin(8, 1, step: 4, &bench)[0]
        _ = bench.handle(.leafFinished(later))
        let check = begin(9, 2, step: 3, &bench)
        #expect(check.first?.slot?.index == 1)
    }

    /// A thread does not hear that its leaf is worth nothing any more, and goes on writing.
    @Test func aSlotThatAThreadWritesToIsGivenToNobody() {
        var bench = bench(threads: 2)
        let old = begin(8, 1, step: 3, &bench)[0]
        let next = begin(8, 2, step: 4, &bench)[0]
        #expect(old.slot?.index == 0 && next.slot?.index == 1)
        #expect(announced(bench.handle(.leafFinished(old))).isEmpty)
        #expect(announced(bench.handle(.leafFinished(next))).count == 1)
    }

    /// In going back to a round that it left, a worker must not take what a thread still computes for the new sum.
    @Test func aLeafOfARoundThatWasLeftIsNotTakenForTheSameLeafLater() {
        var bench = bench(threads: 2)
        let old = begin(8, 1, step: 3, &bench)[0]
        _ = begin(9, 2, step: 4, &bench)
        _ = begin(8, 3, step: 3, &bench)
        let actions = bench.handle(.leafFinished(old))
        #expect(announced(actions).isEmpty && actions.uploads.isEmpty)
    }

    @Test func whereNoSlotIsFreeASumLeavesOverTheLink() {
        var bench = bench()
        var places = begin(8, 1, step: 3, &bench).map(\.slot?.index)
        for node in 9...11 {
            let running = bench.state.running.keys.first!
            places += bench.hear(lease(node, UInt64(node)), step: 3).leaves.map(\.slot?.index)
            places += bench.handle(.leafFinished(running)).leaves.map(\.slot?.index)
        }
        #expect(places == [0, 1, 2, nil])
        #expect(bench.handle(.leafFinished(bench.state.running.keys.first!)).uploads.count == 2)
    }

    @Test func parametersThatWereWrittenOverAreAskedForAndTheLeafIsComputedLater() {
        var bench = bench()
        let leaf = begin(8, 1, step: 3, &bench)[0]
        #expect(bench.handle(.parametersOverwritten(leaf)).messages == [.parametersWanted])
        let again = bench.hearParameters(step: 3).leaves
        #expect(again.map(\.shard) == [0])
        #expect(announced(bench.handle(.leafFinished(again[0]))).count == 1)
    }

    /// Of two threads that find the parameters written over, the second does not ask for what the first has got meanwhile.
    @Test func parametersThatCameOverTheLinkMeanwhileAreKept() {
        var bench = bench(threads: 2)
        let first = begin(8, 1, step: 3, &bench)[0]
        let second = bench.hear(lease(9, 2), step: 3).leaves[0]
        #expect(bench.handle(.parametersOverwritten(first)).messages == [.parametersWanted])
        #expect(bench.hearParameters(step: 3).leaves.map(\.shard) == [first.shard])
        let again = bench.handle(.parametersOverwritten(second))
        #expect(again.messages.isEmpty && again.leaves.map(\.shard) == [second.shard])
    }

    @Test func aSumWhoseParametersCameOverTheLinkLeavesOverTheLink() {
        var bench = bench()
        _ = bench.hear(lease(8, 1), step: 3)
        let leaf = bench.hearParameters(step: 3).leaves[0]
        #expect(leaf.slot == nil)
        #expect(bench.handle(.leafFinished(leaf)).uploads.count == 2)
    }

    /// They were in line when the memory was opened, and may arrive when newer ones lie there already.
    @Test func lateParametersOfTheLinkDoNotDisplaceNewerStoredOnes() {
        var bench = bench()
        _ = bench.hear(lease(8, 1, step: 4), step: 4)
        _ = bench.hear(.parametersStored(MemorySlot(index: 0, stamp: 4)), step: 4)
        _ = bench.handle(.leafFinished(bench.state.running.keys.first!))
        #expect(bench.hearParameters(step: 3).messages == [.credit(bytes: 16), .credit(bytes: 16), .credit(bytes: 8)])
        #expect(bench.hear(lease(9, 2, step: 4), step: 4).leaves.map(\.shard) == [1])
    }

    @Test func parametersInASlotThatThereIsNotAreMalformed() {
        var bench = bench()
        _ = bench.hear(lease(8, 1), step: 3)
        #expect(bench.hear(.parametersStored(MemorySlot(index: 2, stamp: 1)), step: 3).isEmpty)
        #expect(bench.state.malformed == 1)
    }

    // MARK: - The coordinator

    private func desk() -> Desk {
        var desk = Desk()
        desk.state = CoordinatorState(Self.configuration)
        _ = desk.join(peer)
        return desk
    }

    private static var configuration: CoordinatorState.Configuration {
        var configuration = CoordinatorState.Configuration(
            run: Samples.run, epoch: 1, contract: Samples.contract(shards: 4), sizes: Samples.sizes)
        configuration.memory = coordinators
        return configuration
    }

    private func stored(
        _ lease: CoordinatorMessage.Lease, _ offset: Int, _ bytes: Int, slot: Int = 0
    ) -> WorkerMessage {
        .sumStored(
            .init(round: lease.round, lease: lease.identifier, node: lease.node, offset: offset, bytes: bytes),
            MemorySlot(index: slot, stamp: 5))
    }

    @Test func parametersAreAnnouncedToWorkersWhoseMemoryIsOpen() throws {
        var desk = desk()
        #expect(desk.say(.memory(Self.workers), from: peer) == [.sums(.openMemory(Self.workers, of: peer))])
        #expect(desk.say(.memory(Self.workers), from: peer).isEmpty)
        _ = desk.handle(.memoryOpened(peer))
        let actions = desk.handle(.begin(round))
        #expect(!actions.contains { if case .transfer(.parameters, _) = $0 { true } else { false } })
        // One wake-up for both.
        let parameters = actions.firstIndex(of: .transfer(.storedParameters(step: 3), to: peer))
        #expect(try #require(parameters) < #require(actions.firstLease))
    }

    /// What is in line for the link is of a step that is over, and would only cost time.
    @Test func parametersInMemoryReplaceThoseInLineForTheLink() {
        var desk = desk()
        _ = desk.say(.memory(Self.workers), from: peer)
        desk.state.members[peer]?.window.spend(64, at: .zero)
        let lease = desk.handle(.begin(round)).leases(of: peer)[0]
        _ = desk.handle(.memoryOpened(peer))
        _ = desk.deliver(lease, from: peer)
        let next = desk.handle(.begin(Round(step: 4, kind: .training)))
        #expect(next.contains(.transfer(.storedParameters(step: 4), to: peer)))
        let later = desk.say(.credit(bytes: 64), from: peer, step: 4)
        #expect(!later.contains { if case .transfer(.parameters, _) = $0 { true } else { false } })
    }

    @Test func parametersTravelUntilMemoryIsOpen() throws {
        var desk = desk()
        _ = desk.say(.memory(Self.workers), from: peer)
        let actions = desk.handle(.begin(round))
        #expect(try #require(actions.firstParametersSent) > #require(actions.firstLease))
    }

    @Test(arguments: [(3, 16), (3, 24), (2, 20), (4, 20), (64, 1 << 40), (0, 20)])
    func memoryOfAnotherSizeThanSumsNeedIsMalformed(slots: Int, slotBytes: Int) {
        var desk = desk()
        let region = MemoryRegion(process: 2, descriptor: 9, identity: 4, slots: slots, slotBytes: slotBytes)
        #expect(desk.say(.memory(region), from: peer).isEmpty)
        #expect(desk.state.counters.malformed == 1)
    }

    @Test func aStoredSumCountsOnceAndOnlyWhole() {
        var desk = desk()
        _ = desk.say(.memory(Self.workers), from: peer)
        _ = desk.handle(.memoryOpened(peer))
        let lease = desk.handle(.begin(round)).leases(of: peer)[0]
        func say(_ message: WorkerMessage) -> [CoordinatorAction] { desk.say(message, from: peer, step: 3) }
        for message in [stored(lease, 4, 16), stored(lease, 0, 8), stored(lease, 0, 24), stored(lease, 0, 20, slot: 3)]
        {
            #expect(say(message).isEmpty)
        }
        #expect(desk.state.counters.strayChunks == 4)
        let slot = MemorySlot(index: 0, stamp: 5)
        #expect(
            say(stored(lease, 16, 4)) == [.sums(.placeStored(slot, of: peer, lease: 1, range: 16..<20, total: 20))])
        #expect(say(stored(lease, 0, 20)).isEmpty)
        let actions = say(stored(lease, 0, 16))
        #expect(actions.first == .sums(.placeStored(slot, of: peer, lease: 1, range: 0..<16, total: 20)))
        #expect(actions.isFinished)
    }

    @Test func aSumInMemoryThatIsNotOpenIsStray() {
        var desk = desk()
        let lease = desk.handle(.begin(round)).leases(of: peer)[0]
        #expect(desk.say(stored(lease, 0, 20), from: peer, step: 3).isEmpty)
        #expect(desk.state.counters.strayChunks == 1)
    }

    @Test func aWorkerThatGoesTakesItsMemoryAlong() {
        var desk = desk()
        _ = desk.say(.memory(Self.workers), from: peer)
        #expect(desk.say(.leaving, from: peer).contains(.sums(.closeMemory(of: peer))))
    }
}
