import Contract
import Coordination

/// Carries out a coordinator's actions in memory.
struct SimulatedCoordinator {
    /// What leaves it.
    struct Output {
        var message: Envelope<CoordinatorMessage>
        var payload: [Int]
        var peer: Peer
        var isBulk: Bool
    }

    let fence: Fence
    var state: CoordinatorState
    private let rounds: [Round]
    private(set) var done: Int
    private(set) var parameters: [Int]
    private(set) var sums: [[Int]]
    private var partials: [UInt64: [Int]] = [:]
    private var nodes: [Int: [Int]] = [:]
    private(set) var notices: [String] = []
    private(set) var isStopped = false
    private(set) var partialCounts: [Int] = []
    /// What a resumed coordinator starts from.
    private(set) var checkpoint: (done: Int, parameters: [Int], sums: [[Int]])

    init(
        contract: Contract, rounds: [Round], epoch: UInt64,
        from checkpoint: (done: Int, parameters: [Int], sums: [[Int]])
    ) {
        fence = Fence(run: Samples.run, epoch: epoch, step: 0)
        state = CoordinatorState(
            .init(run: Samples.run, epoch: epoch, contract: contract, sizes: Samples.sizes, timing: Self.timing))
        self.rounds = rounds
        self.checkpoint = checkpoint
        (done, parameters, sums) = checkpoint
    }

    static var timing: Timing {
        var timing = Timing()
        timing.firstDeadline = .seconds(20)
        timing.patience = .seconds(100_000)
        timing.abandonment = .seconds(100_000)
        return timing
    }

    mutating func begin(at now: Duration) -> [Output] {
        handle(.begin(rounds[done]), [], at: now)
    }

    mutating func handle(_ event: CoordinatorEvent, _ payload: [Int], at now: Duration) -> [Output] {
        var outputs: [Output] = []
        var events = [event]
        while !events.isEmpty {
            for action in state.handle(events.removeFirst(), at: now) {
                carryOut(action, payload, &outputs, &events)
            }
        }
        return outputs
    }

    private mutating func carryOut(
        _ action: CoordinatorAction, _ payload: [Int], _ outputs: inout [Output], _ events: inout [CoordinatorEvent]
    ) {
        switch action {
        case .send(let message, let step, let peer): outputs.append(output(message, step, [], peer, isBulk: false))
        case .sendParameters(let step, let offset, let bytes, let peer):
            let slice = Array(parameters[(offset / 4)..<((offset + bytes) / 4)])
            outputs.append(output(.parameters(offset: offset, bytes: bytes), step, slice, peer, isBulk: true))
        case .sendRows(let split, let examples, let peer):
            let rows = CoordinatorMessage.Rows(split: split, examples: examples, bytes: examples.count * 4)
            let pixels = examples.map { Arithmetic.pixels($0, split) }
            outputs.append(output(.rows(rows), 0, pixels, peer, isBulk: true))
        case .place(let lease, let offset, let total):
            partials[lease, default: [Int](repeating: 0, count: total / 4)].replaceSubrange(
                (offset / 4)..<(offset / 4 + payload.count), with: payload)
        case .commit(let lease, let node): nodes[node] = partials.removeValue(forKey: lease)
        case .drop(let lease): partials[lease] = nil
        case .discard(let node): precondition(nodes.removeValue(forKey: node) != nil, "no sum of node \(node)")
        case .fold(let node):
            nodes[node] = Arithmetic.fold(
                nodes.removeValue(forKey: 2 * node)!, nodes.removeValue(forKey: 2 * node + 1)!)
        case .hashNode(let round, let node): events.append(.nodeDigest(round, node: node, hash(nodes[node]!)))
        case .hashLease(let round, let lease):
            events.append(.leaseDigest(round, lease: lease, hash(partials.removeValue(forKey: lease)!)))
        case .finished(let report): events.append(finish(report))
        case .stopped: isStopped = true
        case .abandon(let sentence): events.append(.stop(sentence))
        case .quarantine, .goBack: break
        case .note(let notice): notices.append(notice.description)
        }
    }

    private mutating func finish(_ report: RoundReport) -> CoordinatorEvent {
        let sum = nodes.removeValue(forKey: 1)!
        precondition(nodes.isEmpty, "sums are left over: \(nodes.keys)")
        precondition(report.round == rounds[done], "expected \(rounds[done]), got \(report.round)")
        partialCounts.append(report.partials)
        sums.append(sum)
        if report.round.kind == .training { parameters = Arithmetic.apply(sum, to: parameters) }
        done += 1
        if done % 4 == 0 { checkpoint = (done, parameters, sums) }
        return done < rounds.count ? .begin(rounds[done]) : .stop("all steps are done")
    }

    private func output(
        _ message: CoordinatorMessage, _ step: Int, _ payload: [Int], _ peer: Peer, isBulk: Bool
    ) -> Output {
        var fence = fence
        fence.step = step
        return Output(message: Envelope(message, fence: fence), payload: payload, peer: peer, isBulk: isBulk)
    }

    private func hash(_ values: [Int]) -> [UInt8] {
        let value = values.reduce(1) { Arithmetic.mix($0, $1) }
        return (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
