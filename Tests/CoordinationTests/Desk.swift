import Contract

@testable import Coordination

/// Drives a coordinator by hand, with synthetic time.
struct Desk {
    var state: CoordinatorState
    var now: Duration = .zero

    /// - Parameter stall: Nobody here returns credit, unless a test does.
    init(
        shards: Int = 4, audit: Double = 0, auditKey: UInt64 = 5, quarantined: [String: String] = [:],
        stall: Duration = .seconds(1_000_000), reduction: Reduction = .star,
        givesEvaluationsInParts: Bool = false, chunkBytes: Int = Samples.sizes.chunkBytes
    ) {
        var timing = Timing()
        timing.stall = stall
        var sizes = Samples.sizes
        sizes.chunkBytes = chunkBytes
        var configuration = CoordinatorState.Configuration(
            run: Samples.run, epoch: 1, contract: Samples.contract(shards: shards), sizes: sizes,
            timing: timing, audit: audit > 0 ? Audit(fraction: audit, key: auditKey) : nil, quarantined: quarantined)
        configuration.reduction = reduction
        configuration.givesEvaluationsInParts = givesEvaluationsInParts
        state = CoordinatorState(configuration)
    }

    mutating func handle(_ event: CoordinatorEvent) -> [CoordinatorAction] {
        state.handle(event, at: now)
    }

    mutating func say(_ message: WorkerMessage, from peer: Peer, step: Int = 0) -> [CoordinatorAction] {
        var fence = Samples.fence
        fence.step = step
        return handle(.received(Envelope(message, fence: fence), from: peer))
    }

    mutating func join(_ peer: Peer, name: String = "", threads: Int = 1) -> [CoordinatorAction] {
        _ = handle(.received(hello(name, threads: threads, from: peer), from: peer))
        _ = say(.attach, from: peer)
        return say(.ready(probe: "probe"), from: peer)
    }

    /// Peers whose identities differ are different workers.
    func hello(_ name: String = "", threads: Int = 1, from peer: Peer) -> Envelope<WorkerMessage> {
        let incarnation = peer.identity.reduce(0) { 256 &* $0 &+ UInt64($1) }
        return Envelope(.hello(Samples.hello(name, threads: threads, incarnation: incarnation)), fence: .outside)
    }

    /// Sends the whole partial of a lease, in the chunks that fit.
    mutating func deliver(
        _ lease: CoordinatorMessage.Lease, from peer: Peer, leafTime: Duration = .zero
    ) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        let total = Samples.sizes.partialBytes(lease.round.kind)
        for offset in stride(from: 0, to: total, by: 16) {
            let chunk = WorkerMessage.PartialChunk(
                round: lease.round, lease: lease.identifier, node: lease.node, offset: offset,
                bytes: min(16, total - offset), leafTime: leafTime)
            actions += say(.partial(chunk), from: peer, step: lease.round.step)
        }
        return actions
    }
}

extension [CoordinatorAction] {
    func leases(of peer: Peer) -> [CoordinatorMessage.Lease] {
        compactMap { if case .send(.lease(let lease), _, peer) = $0 { lease } else { nil } }
    }

    var notices: [String] {
        compactMap { if case .note(let notice) = $0 { notice.description } else { nil } }
    }

    var commits: [Int] {
        compactMap { if case .sums(.commit(_, let node)) = $0 { node } else { nil } }
    }

    var isFinished: Bool {
        contains { if case .run(.finished) = $0 { true } else { false } }
    }

    /// Whatever the coordinator wants hashed.
    var hashes: [CoordinatorAction] {
        filter {
            switch $0 {
            case .sums(.hashNode), .sums(.hashLease): true
            default: false
            }
        }
    }

    var goingBack: Int? {
        compactMap { if case .run(.goBack(let step, _)) = $0 { step } else { nil } }.first
    }
}

extension [CoordinatorAction] {
    var firstLease: Int? {
        firstIndex { if case .send(.lease, _, _) = $0 { true } else { false } }
    }

    var firstParametersSent: Int? {
        firstIndex { if case .transfer(.parameters, _) = $0 { true } else { false } }
    }
}
