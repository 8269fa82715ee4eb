import Coordination
import Messaging
import Training

/// What those who look on are shown of a coordinator: a status each second, a trace of steps, and what went over the links. Nothing is decided by it.
struct Onlookers {
    private let clock: MonotonicClock
    private let lookout: Lookout
    private let trace: StepTrace?
    private(set) var ledger = Ledger()
    /// What went over the links since the beginning, and until the last round ended.
    private var traffic = Traffic()
    private var trafficOfEarlierRounds = Traffic()
    private var statusDue = Duration.zero
    private var answersLeft = 0
    private var spansDue = Duration.zero
    private var roundBegan = Duration.zero

    /// More questions than that wait for the next second: an answer is of any length, and owners of keys may ask often.
    private static let answersPerSecond = 50

    init(_ clock: MonotonicClock, lookout: Lookout, trace: StepTrace?) {
        self.clock = clock
        self.lookout = lookout
        self.trace = trace
    }

    // MARK: - Counting

    mutating func sent(parameters bytes: Int, to peer: Peer) {
        traffic.count(parameters: bytes)
        ledger.sent(parameters: bytes, to: peer)
    }

    mutating func sent(pixels bytes: Int, to peer: Peer) {
        traffic.pixelBytes += bytes
        ledger.sent(pixels: bytes, to: peer)
    }

    mutating func received(_ bytes: Int, from peer: Peer) { ledger.received(bytes, from: peer) }

    /// Counts pieces of sums that are kept, and whose work a committed sum is.
    ///
    /// - Parameters:
    ///   - bytes: Of the message that the piece came in, if it came in one.
    ///   - microbatch: Images of a shard.
    mutating func count(_ action: SumAction, _ bytes: Int, _ state: CoordinatorState, microbatch: Int) {
        switch action {
        case .place: traffic.count(partials: bytes)
        case .placeStored(_, let peer, _, let range, _):
            traffic.count(partials: range.count)
            ledger.received(range.count, from: peer)
        case .commit(let lease, _):
            for author in state.authors(ofLease: lease) { ledger.commit(author, microbatch: microbatch) }
        default: break
        }
    }

    /// What went over the links since the last round ended; this one is over.
    mutating func takeTraffic() -> Traffic {
        defer { trafficOfEarlierRounds = traffic }
        return traffic - trafficOfEarlierRounds
    }

    mutating func note(_ change: (inout Ledger) -> Void) { change(&ledger) }

    // MARK: - The status

    /// About once a second, whether a status is to be shown.
    mutating func isStatusDue() -> Bool {
        guard clock.now >= statusDue else { return false }
        statusDue = clock.now + .seconds(1)
        answersLeft = Self.answersPerSecond
        return true
    }

    func show(_ status: ClusterStatus) { lookout.show(status) }

    /// The status, for somebody who asks; nil where too many have asked in this second, or there is none yet.
    mutating func answer() -> [UInt8]? {
        let bytes = lookout.encoded
        guard answersLeft > 0, !bytes.isEmpty else { return nil }
        answersLeft -= 1
        return bytes
    }

    // MARK: - The trace

    /// Whether workers are to be asked what they did.
    mutating func areSpansDue() -> Bool {
        guard let trace, clock.now >= spansDue, trace.isOpen else { return false }
        spansDue = clock.now + .milliseconds(250)
        return true
    }

    func take(_ spans: WorkSpans, of worker: CoordinatorState.WorkerOverview) {
        trace?.add(spans, of: worker, heard: clock.now)
    }

    /// The moment, where a trace is written.
    var beginning: Duration? { trace.map { _ in clock.now } }

    /// A part of a step is done, which began so long ago; nothing where no trace is written.
    func trace(_ name: String, step: Int, since beginning: Duration?) {
        if let beginning { trace?.add(name, step: step, from: beginning, to: clock.now) }
    }

    /// Somebody has work. Before that no step was under way.
    mutating func begin() { if roundBegan == .zero { roundBegan = clock.now } }

    /// A round is over: its sum is here.
    mutating func finish(_ round: Round) {
        let name = round.kind == .training ? "step" : "evaluation"
        trace?.add(name, .steps, step: round.step + 1, from: roundBegan, to: clock.now)
        roundBegan = clock.now
    }
}
