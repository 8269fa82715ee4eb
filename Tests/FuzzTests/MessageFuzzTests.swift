import Contract
import Coordination
import Testing

/// Decoders and decisions against bytes that were good once. A trap ends the test process.
@Suite struct MessageFuzzTests {
    @Test func mutatedMessagesAreDecodedOrRefusedAndComeBackAsTheyWere() {
        var mutator = Mutator(seed: FuzzPlan.seed)
        for index in 0..<FuzzPlan.messages {
            if index % 2 == 0 {
                roundTrip(Samples.workerMessages[index / 2 % Samples.workerMessages.count], &mutator)
            } else {
                roundTrip(Samples.coordinatorMessages[index / 2 % Samples.coordinatorMessages.count], &mutator)
            }
        }
    }

    private func roundTrip<Body: WireBody>(_ body: Body, _ mutator: inout Mutator) {
        let bytes = mutator.mutated(Envelope(body, fence: Samples.fence).encoded, from: 40)
        guard let envelope = try? Envelope<Body>(decoding: bytes) else { return }
        #expect(envelope.encoded == bytes)
    }

    /// The coordinator's decisions, asked by a member, by a worker that has not joined, and by nobody known.
    @Test func aCoordinatorDecidesWhateverItIsTold() {
        var mutator = Mutator(seed: FuzzPlan.seed &+ 1)
        var bench = CoordinatorBench()
        for index in 0..<FuzzPlan.messages {
            if index % 500 == 0 { bench = CoordinatorBench() }
            bench.hear(Samples.workerMessages[index % Samples.workerMessages.count], &mutator)
            #expect(bench.largestAllocation <= 1 << 20)
        }
    }

    /// The same for a worker, whose coordinator has gone mad.
    @Test func aWorkerDecidesWhateverItIsTold() {
        var mutator = Mutator(seed: FuzzPlan.seed &+ 2)
        var bench = WorkerBench()
        for index in 0..<FuzzPlan.messages {
            if bench.isOver || index % 500 == 0 { bench = WorkerBench() }
            bench.hear(Samples.coordinatorMessages[index % Samples.coordinatorMessages.count], &mutator)
        }
    }

    @Test func aMutatedContractIsReadOrRefused() {
        var mutator = Mutator(seed: FuzzPlan.seed &+ 3)
        let good = Array(Samples.contract.canonicalJSON.utf8)
        for _ in 0..<FuzzPlan.messages / 10 {
            let text = String(decoding: mutator.mutated(good), as: UTF8.self)
            guard let contract = try? Contract(json: text) else { continue }
            // What is read is what is written: nothing is passed over in silence.
            #expect((try? Contract(json: contract.canonicalJSON)) == contract)
        }
    }
}

/// A coordinator with one member at work, one worker that joins, and everything that it says to do.
private struct CoordinatorBench {
    private var state: CoordinatorState
    private var now = Duration.seconds(1)
    private(set) var largestAllocation = 0
    private let peers = [
        Peer([1], provenName: "honest"), Peer([2], provenName: "joining"), Peer([3], provenName: "unknown"), Peer([4]),
    ]

    init() {
        state = CoordinatorState(
            .init(run: Samples.run, epoch: 1, contract: Samples.contract, sizes: Samples.sizes))
        for (index, name) in ["a", "b"].enumerated() {
            tell(
                .hello(.init(name: name, host: "h", process: 1, threads: 1, incarnation: UInt64(index))),
                from: peers[index], .outside)
        }
        tell(.attach, from: peers[0], Samples.fence)
        tell(.ready(probe: Samples.contract.probeDigest), from: peers[0], Samples.fence)
        _ = state.handle(.begin(Samples.round), at: now)
    }

    private mutating func tell(_ message: WorkerMessage, from peer: Peer, _ fence: Fence) {
        _ = state.handle(.received(Envelope(message, fence: fence), from: peer), at: now)
    }

    mutating func hear(_ message: WorkerMessage, _ mutator: inout Mutator) {
        now += .milliseconds(Int.random(in: 0...3, using: &mutator.generator))
        let peer = peers.randomElement(using: &mutator.generator)!
        let bytes = mutator.mutated(Envelope(message, fence: Samples.fence).encoded, from: 40)
        let event: CoordinatorEvent
        do throws(WireError) {
            event = .received(try Envelope(decoding: bytes), from: peer)
        } catch {
            event = .malformed(error, from: peer)
        }
        for action in state.handle(event, at: now) + state.handle(.tick, at: now) { note(action) }
    }

    /// What an action makes the shell allocate, in bytes.
    private mutating func note(_ action: CoordinatorAction) {
        switch action {
        case .sums(.place(_, _, let total)): largestAllocation = max(largestAllocation, total)
        case .transfer(.rows(_, let examples), _): largestAllocation = max(largestAllocation, 16 * examples.count)
        case .transfer(.parameters(_, _, let bytes, _), _): largestAllocation = max(largestAllocation, bytes)
        default: break
        }
    }
}

/// A worker that was welcomed and has proven itself.
private struct WorkerBench {
    private var state = WorkerState(
        .init(
            hello: .init(name: "a", host: "h", process: 1, threads: 2, incarnation: 3), endpoint: "ipc://x",
            memoryLimit: 1 << 30))
    private var now = Duration.seconds(1)
    private(set) var isOver = false

    init() {
        _ = state.handle(.begin, at: now)
        for message in [CoordinatorMessage.welcome(Samples.welcome), .accepted] {
            _ = state.handle(.received(Envelope(message, fence: Samples.fence)), at: now)
            _ = state.handle(.prepared(probe: Samples.contract.probeDigest), at: now)
        }
    }

    mutating func hear(_ message: CoordinatorMessage, _ mutator: inout Mutator) {
        now += .milliseconds(Int.random(in: 0...3, using: &mutator.generator))
        let bytes = mutator.mutated(Envelope(message, fence: Samples.fence).encoded, from: 40)
        let event: WorkerEvent
        do throws(WireError) {
            event = .received(try Envelope(decoding: bytes))
        } catch {
            event = .malformed(error)
        }
        for action in state.handle(event, at: now) + state.handle(.tick, at: now) {
            if case .end = action { isOver = true }
            if case .compute(let leaf) = action { _ = state.handle(.leafFinished(leaf), at: now) }
        }
    }
}
