import Contract
import Glibc
import Testing

@testable import Coordination

/// What a peer may say, and a contract ask for, before it is shown the door.
@Suite struct AccountTests {
    private let hostile = Peer([1], provenName: "hostile")
    private let other = Peer([2], provenName: "hostile")
    private let honest = Peer([3], provenName: "honest")

    private func coordinator() -> CoordinatorState {
        var state = CoordinatorState(
            .init(run: Samples.run, epoch: 1, contract: Samples.contract(), sizes: Samples.sizes))
        for peer in [hostile, other, honest] { _ = state.handle(.received(hello(peer), from: peer), at: .zero) }
        return state
    }

    private func hello(_ peer: Peer) -> Envelope<WorkerMessage> { Desk().hello(from: peer) }

    private func heartbeat(busy: Int = 0) -> Envelope<WorkerMessage> {
        Envelope(.heartbeat(busy: busy), fence: Samples.fence)
    }

    @Test func whoSendsNonsenseIsExpelledByNameAndNotHeardAgain() {
        var state = coordinator()
        var actions: [CoordinatorAction] = []
        for _ in 0..<101 { actions += state.handle(.malformed(.truncated, from: hostile), at: .seconds(1)) }
        #expect(actions.contains(.bar("hostile")))
        let reason = "too much of what it sent made no sense"
        for peer in [hostile, other] { #expect(actions.contains(.send(.refused(reason), step: 0, to: peer))) }
        #expect(state.members.keys.sorted() == [honest])
        let again = Peer([4], provenName: "hostile")
        #expect(state.handle(.received(hello(again), from: again), at: .seconds(2)).isEmpty)
        #expect(state.handle(.malformed(.truncated, from: hostile), at: .seconds(2)).isEmpty)
        #expect(state.counters.malformed == 101)
        #expect(!state.handle(.received(hello(honest), from: honest), at: .seconds(2)).isEmpty)
    }

    @Test func aLittleNonsenseNowAndThenIsForgiven() {
        var state = coordinator()
        for second in 0..<1_000 {
            for peer in [hostile, honest] {
                _ = state.handle(.malformed(.truncated, from: peer), at: .seconds(second))
            }
        }
        #expect(state.trust.barred.isEmpty)
    }

    @Test func whoFloodsIsExpelledAndHeartbeatsAndChunksAreFarFromThat() {
        var state = coordinator()
        var actions: [CoordinatorAction] = []
        for _ in 0...400_000 { actions += state.handle(.received(heartbeat(), from: hostile), at: .seconds(1)) }
        #expect(actions.contains(.bar("hostile")))
        for index in 0..<500_000 {  // chunks of 256 KiB at 200 Gbit/s
            _ = state.handle(.received(heartbeat(), from: honest), at: .seconds(1) + .microseconds(10 * index))
        }
        #expect(state.members.keys.sorted() == [honest])
    }

    /// A partial of 10 GB that nobody waits for any more: its lease moved while it was on its way.
    @Test func aPartialThatComesTooLateIsNoOffence() {
        var state = coordinator()
        let chunk = WorkerMessage.PartialChunk(
            round: Round(step: 0, kind: .training), lease: 99, node: 1, offset: 0, bytes: 16)
        for _ in 0..<40_000 {
            _ = state.handle(.received(Envelope(.partial(chunk), fence: Samples.fence), from: honest), at: .zero)
        }
        #expect(state.counters.strayChunks == 40_000 && state.trust.barred.isEmpty)
    }

    @Test func whereNothingAuthenticatesOnlyThatPeerGoes() {
        var state = CoordinatorState(
            .init(run: Samples.run, epoch: 1, contract: Samples.contract(), sizes: Samples.sizes))
        let (bad, good) = (Peer([1]), Peer([2]))
        for peer in [bad, good] { _ = state.handle(.received(hello(peer), from: peer), at: .zero) }
        var actions: [CoordinatorAction] = []
        for _ in 0..<101 { actions += state.handle(.malformed(.truncated, from: bad), at: .seconds(1)) }
        #expect(state.members.keys.sorted() == [good] && state.isBarred(bad))
        #expect(!actions.contains { if case .bar = $0 { true } else { false } })
    }

    private func hello(process: Int, connection: Int = 1) -> Envelope<WorkerMessage> {
        Envelope(
            .hello(
                .init(
                    name: "", host: "host", process: process, threads: 1, incarnation: UInt64(process),
                    connection: connection)),
            fence: .outside)
    }

    private func areRefused(_ actions: [CoordinatorAction]) -> Bool {
        actions.contains { if case .send(.refused, _, _) = $0 { true } else { false } }
    }

    /// A coordinator with as many workers of one key as it may have, in processes from 1 on.
    private func fullCoordinator() -> CoordinatorState {
        var state = CoordinatorState(
            .init(run: Samples.run, epoch: 1, contract: Samples.contract(), sizes: Samples.sizes))
        for index in 1...64 as ClosedRange<UInt8> {
            let peer = Peer([9, index], provenName: "honest")
            #expect(!areRefused(state.handle(.received(hello(process: Int(index)), from: peer), at: .zero)))
        }
        return state
    }

    @Test func oneKeyHasSoManyWorkersAndNoMore() {
        var state = fullCoordinator()
        for index in 65...100 as ClosedRange<UInt8> {
            let peer = Peer([9, index], provenName: "honest")
            #expect(areRefused(state.handle(.received(hello(process: Int(index)), from: peer), at: .zero)))
        }
        #expect(state.members.count == 64)
        #expect(state.members.values.contains { $0.name == "honest/64" })
    }

    /// It connects anew under a fresh identity, while its old one is not known to be gone.
    @Test func aWorkerThatComesBackTakesItsOwnPlaceAndName() {
        var state = fullCoordinator()
        let old = Peer([9, 64], provenName: "honest")
        let name = state.members[old]?.name
        let fresh = Peer([10], provenName: "honest")
        #expect(
            state.handle(.received(hello(process: 64), from: fresh), at: .zero).isEmpty,
            "said over an earlier connection")
        let actions = state.handle(.received(hello(process: 64, connection: 2), from: fresh), at: .zero)
        #expect(actions.contains { if case .send(.welcome, _, fresh) = $0 { true } else { false } })
        #expect(state.members.count == 64 && state.members[old] == nil && state.members[fresh]?.name == name)
        let impostor = Peer([11], provenName: "hostile")
        _ = state.handle(.received(hello(process: 64, connection: 3), from: impostor), at: .zero)
        #expect(state.members[fresh] != nil, "its number is worth nothing with another key")
    }

    @Test func aSilentWorkerGivesWayToOneThatComes() {
        var state = fullCoordinator()
        let fresh = Peer([10], provenName: "honest")
        #expect(areRefused(state.handle(.received(hello(process: 70), from: fresh), at: .milliseconds(300))))
        for index in 1...63 as ClosedRange<UInt8> {
            _ = state.handle(.received(heartbeat(), from: Peer([9, index], provenName: "honest")), at: .seconds(1))
        }
        // One has missed heartbeats and may be gone: whoever comes is not sent away for good.
        #expect(state.handle(.received(hello(process: 70), from: fresh), at: .seconds(1)).isEmpty)
        let actions = state.handle(.received(hello(process: 70), from: fresh), at: .milliseconds(1_050))
        #expect(actions.contains { if case .send(.welcome, _, fresh) = $0 { true } else { false } })
        #expect(state.members.count == 64 && state.members[Peer([9, 64], provenName: "honest")] == nil)
    }

    @Test func anotherVersionIsNoOffenceHoweverOftenItTries() {
        var state = coordinator()
        var actions: [CoordinatorAction] = []
        for attempt in 0..<10_000 {
            let version = UInt16(attempt % 1_000 + 100)
            actions += state.handle(.malformed(.version(version), from: hostile), at: .seconds(1))
        }
        #expect(state.trust.barred.isEmpty && state.members[other] != nil)
        #expect(actions.notices.count == 16)
    }

    @Test func whoIsRefusedForItsProbeLeavesNothingBehind() {
        var state = CoordinatorState(
            .init(run: Samples.run, epoch: 1, contract: Samples.contract(), sizes: Samples.sizes))
        for index in 0..<100 as Range<UInt8> {
            _ = state.handle(.received(hello(Peer([index])), from: Peer([index])), at: .zero)
            let ready = Envelope(WorkerMessage.ready(probe: "other"), fence: Samples.fence)
            #expect(areRefused(state.handle(.received(ready, from: Peer([index])), at: .zero)))
        }
        #expect(state.members.isEmpty && state.trust.accounts.isEmpty)
    }

    @Test func whoComesToHaveAnotherProbeLosesItsLeases() {
        var desk = Desk()
        for index in [1, 2] as [UInt8] { _ = desk.join(Peer([index])) }
        _ = desk.handle(.begin(Round(step: 0, kind: .training)))
        let actions = desk.say(.ready(probe: "other"), from: Peer([1]))
        #expect(actions.leases(of: Peer([2])).map(\.node) == [2])
    }

    @Test func nobodySpeaksForAWorkerWhoseKeyItHasNot() {
        var state = coordinator()
        let impostor = Peer([3], provenName: "hostile")  // the honest worker's identity, with another key
        #expect(state.handle(.received(Envelope(.leaving, fence: Samples.fence), from: impostor), at: .zero).isEmpty)
        #expect(state.members[honest] != nil && state.counters.strangers == 1)
    }

    // MARK: - What a contract may ask for

    @Test(arguments: [
        ("parameters", 1 << 40, 20, 4, 100), ("partials", 40, 1 << 40, 4, 100), ("pixels", 40, 20, 1 << 40, 100),
        ("everything", 1 << 47, 1 << 47, 1 << 47, Int(UInt32.max)),
    ])
    func aContractThatAsksForTooMuchIsRefusedBeforeAnythingIsMade(
        what: String, parameters: Int, partial: Int, example: Int, examples: Int
    ) {
        var state = WorkerState(
            .init(hello: Samples.hello("", threads: 2), endpoint: "ipc://x", memoryLimit: 1_000_000_000))
        _ = state.handle(.begin, at: .zero)
        let welcome = CoordinatorMessage.Welcome(
            name: "worker-1", contract: Samples.contract(examples: examples).canonicalJSON,
            parameterBytes: parameters, partialBytes: partial, evaluationBytes: 8, exampleBytes: example,
            chunkBytes: 16, windowBytes: 64)
        let actions = state.handle(.received(Envelope(.welcome(welcome), fence: Samples.fence)), at: .zero)
        #expect(!actions.contains { if case .prepare = $0 { true } else { false } })
        let sentences = actions.compactMap { if case .end(let sentence, .refused) = $0 { sentence } else { nil } }
        // How much the model's graphs take is not known yet, and more memory than this number is needed.
        let first = sentences.first ?? ""
        #expect(first.contains(" of memory here, besides what it needs to compute, "), "\(first)")
        #expect(first.contains(" and this worker may use 1.0 GB: give it more with --memory"), "\(first)")
        // The coordinator hears it, too: it listens to nothing but words of its own run and epoch.
        let last = actions.compactMap { if case .send(let envelope) = $0 { envelope } else { nil } }.last
        #expect(last?.fence.matches(Samples.fence) == true)
        #expect(last?.body == .failed(sentences.first ?? ""))
    }

    /// The time of this thread counts, since others may keep it from the processor.
    @Test func aContractOfManyGroupsIsReadInTimeThatGrowsWithItsLength() {
        let groups = (0..<40_000).map { "\"k\($0)\":{\"a\":1}" }.joined(separator: ",")
        #expect(groups.utf8.count < 1 << 20)
        struct Inner: Decodable { var a: Int }
        let start = Self.processorSeconds
        let node = ConfigurationNode(json: "{\(groups)}")
        #expect((try? node?.decode([String: Inner].self))?.count == 40_000)
        #expect(Self.processorSeconds - start < 60)
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
