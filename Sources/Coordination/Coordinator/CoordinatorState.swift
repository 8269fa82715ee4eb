import Contract

/// Everything the coordinator decides: who is a member, who computes what, which result counts.
///
/// The invariants, kept by every event:
/// - each shard of the current round is under exactly one committed sum, or leased to a live worker, or waits because no
///   worker is there, or because all have other parts of a long evaluation;
/// - a partial counts only when all its bytes came, each once, from the worker that holds its lease;
/// - the first result of a node counts; a later one is compared by hash where a hash is known.
public struct CoordinatorState: Sendable {
    /// What does not change while a coordinator lives.
    public struct Configuration: Sendable {
        public var run: RunIdentifier
        public var epoch: UInt64
        public var contract: Contract
        public var sizes: BulkSizes
        public var timing: Timing
        /// Which work is given out twice; nil for none.
        public var audit: Audit?
        /// Names of workers that computed wrongly in this run, and the sentence that each is told.
        public var quarantined: [String: String]
        /// Where workers of this machine find parameters; nil where none is shared.
        public var memory: MemoryRegion?
        /// Whether workers may add sums and pass on parameters.
        public var reduction = Reduction.star
        /// Whether evaluations take so long that workers get parts of them, one after the other.
        public var givesEvaluationsInParts = false
        /// Messages without sense that a peer may send at once; one more is forgiven each second.
        public var forgivenOffences = 100.0

        public init(
            run: RunIdentifier, epoch: UInt64, contract: Contract, sizes: BulkSizes, timing: Timing = Timing(),
            audit: Audit? = nil, quarantined: [String: String] = [:]
        ) {
            self.run = run
            self.epoch = epoch
            self.contract = contract
            self.sizes = sizes
            self.timing = timing
            self.audit = audit
            self.quarantined = quarantined
        }
    }

    /// Counts for tests and for the curious.
    public struct Counters: Sendable, Equatable {
        /// Messages of another run or coordinator, or from nobody.
        public var strangers = 0
        /// Bytes that were no message, or messages that made no sense.
        public var malformed = 0
        /// Pieces of partials that nobody waited for.
        public var strayChunks = 0
        /// Second results that were compared.
        public var compared = 0
        /// Second results that differed.
        public var mismatches = 0
        /// Nodes that were computed twice on purpose, and those that should have been and lacked a second worker.
        public var audited = 0
        public var unaudited = 0
    }

    let configuration: Configuration
    let tree: ReductionTree
    let contractText: String
    var now: Duration = .zero
    var actions: [CoordinatorAction] = []
    var phase = Phase.running
    var members: [Peer: Member] = [:]
    var trust: Trust
    var current: RoundState?
    /// The rounds before the current one, whose late results are still compared; the newest last.
    var history: [RoundState] = []
    var sharing = Sharing()
    /// Sums that two workers computed differently; the oldest is decided first.
    var disputes: [Dispute] = []
    /// What rounds of each kind have shown so far.
    var experience: [Round.Kind: Experience] = [:]
    var numbers = Numbers()
    var heartbeatDue: Duration = .zero
    /// What the run waits for, besides computing: a worker, or one that can decide a dispute. Nil while it waits for neither.
    var wait: Wait?
    var told = Told()
    public private(set) var counters = Counters()

    /// Who adds sums besides this process in the next rounds, and what earlier rounds have shown of that.
    struct Sharing: Sendable {
        /// Nil where nobody does.
        var duties: Duties?
        /// Since when nobody could in any round that began; nil where somebody does, or before the first round.
        var starSince: Duration?
        /// Until when holders form no groups.
        var ungroupedUntil = Duration.zero
        /// Whether no sum that workers added was found to be wrong.
        var isTrusted = true
    }

    /// How far the coordinator's life has come.
    enum Phase: Sendable {
        /// Rounds are given out as they begin.
        case running
        /// Workers are told goodbye.
        case stopping(Farewell)
        /// A wrong sum was used and the run goes back: nothing counts any more.
        case over
    }

    /// A goodbye under way.
    struct Farewell: Sendable {
        var sentence: String
        var fate: RunFate
        var deadline: Duration
    }

    /// Since when the run waits, and when the log says so next.
    struct Wait: Sendable {
        var since: Duration
        var reminderDue: Duration
    }

    /// The numbers that the next ones of each kind get.
    struct Numbers: Sendable {
        var lease: UInt64 = 1
        var duties: UInt64 = 1
        var name = 1
    }

    /// What the log says already, and need not say again.
    struct Told: Sendable {
        /// That these workers have nothing to do.
        var idle: [String] = []
        /// That these add sums, group by group.
        var groups: [[String]] = []
        /// That audits lack a second worker.
        var lackOfAuditors = false
    }

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        trust = Trust(quarantined: configuration.quarantined, forgivenOffences: configuration.forgivenOffences)
        tree = configuration.contract.tree
        contractText = configuration.contract.canonicalJSON
    }

    /// Whether any worker is here, be it one that still prepares.
    public var hasMembers: Bool { !members.isEmpty }

    /// Whether a worker is here, so that what was asked for is still of use to it.
    public func isMember(_ peer: Peer) -> Bool { members[peer] != nil }

    /// The workers that may have leases.
    public var activeWorkers: Int { members.values.count { $0.standing == .active } }

    /// The same, as they joined.
    var activeMembers: [Member] { orderedMembers.filter { $0.standing == .active } }

    /// Whether nothing counts any more.
    var isOver: Bool { if case .over = phase { true } else { false } }

    /// Whether work is given out.
    var isRunning: Bool { if case .running = phase { true } else { false } }

    /// Whether a worker may have leases.
    public func isActive(_ peer: Peer) -> Bool { members[peer]?.standing == .active }

    /// The shards of the round under way that nobody computes though workers are there, which must never be any; nil where there is no
    /// such round. What is given out in parts waits as long as everybody has one.
    public var orphanedShards: [Int]? {
        guard let current, !current.isComplete, isRunning, activeWorkers > 0 else { return nil }
        return isGivenOutInParts(current.round) && !isAnybodyIdle(in: current) ? [] : current.uncovered
    }

    /// The steps whose parameters workers may still need: that of the round, and earlier ones with a sum in question.
    public var stepsInUse: Set<Int> {
        var steps = Set(history.filter(\.awaitsComparison).map(\.round.step)).union(disputes.map(\.round.step))
        if let current { steps.insert(current.round.step) }
        return steps
    }

    /// The first step that may have used a wrong sum, so that no later state may be saved yet.
    public var stepInDoubt: Int? {
        disputes.filter { $0.round.kind == .training }.map(\.round.step).min()
    }

    /// Takes one event in and answers what to do.
    /// - Parameter now: Time since any fixed moment; it never runs backwards.
    public mutating func handle(_ event: CoordinatorEvent, at now: Duration) -> [CoordinatorAction] {
        self.now = now
        actions = []
        if isOver { return [] }
        switch event {
        case .begin(let round): begin(round)
        case .received(let envelope, let peer): receive(envelope, from: peer)
        case .malformed(let error, let peer): ignoreMalformed(error, from: peer)
        case .misdirected(let message, let peer): turnAway(message, of: peer)
        case .undeliverable(let peer): remove(peer, because: "connection lost")
        case .reading(let peer):
            members[peer]?.window.excuse(at: now)
            extendDeadlines(of: peer)
        case .expelled(let name, let reason): expel(name, because: reason)
        case .memoryOpened(let peer): use(memoryOf: peer)
        case .located(let peer, let address, let key): locate(peer, at: address, key: key)
        case .nodeDigest(let round, let node, let digest): record(digest, of: node, in: round)
        case .leaseDigest(let round, let lease, let digest): compare(digest, of: lease, in: round)
        case .stop(let sentence, let fate): stop(sentence, fate)
        case .tick: tick()
        }
        return actions
    }

    var timing: Timing { configuration.timing }

    var sizes: BulkSizes { configuration.sizes }

    /// The step that control messages speak of.
    var step: Int { current?.round.step ?? 0 }

    mutating func send(_ message: CoordinatorMessage, to peer: Peer) {
        actions.append(.send(message, step: step, to: peer))
    }

    mutating func note(_ notice: Notice) {
        actions.append(.note(notice))
    }

    mutating func count(_ counter: WritableKeyPath<Counters, Int>) {
        counters[keyPath: counter] += 1
    }

    /// Counts a message that makes no sense, also against its sender.
    mutating func count(_ counter: WritableKeyPath<Counters, Int>, _ offence: Account.Offence, of peer: Peer) {
        count(counter)
        charge(peer, offence)
    }

    /// Malformed bytes are a sign of life all the same.
    mutating func ignoreMalformed(_ error: WireError, from peer: Peer) {
        guard !isBarred(peer) else { return }
        if case .version(let version) = error { return answer(version, error, from: peer) }
        count(\.malformed, .malformed, of: peer)
        members[peer]?.hear(at: now)
    }

    /// A peer of another version is told, in a message that it will not understand either, but whose first bytes give this
    /// program's version. It is no offence: many may share a key with workers that do understand, and try again and again.
    private mutating func answer(_ version: UInt16, _ error: WireError, from peer: Peer) {
        count(\.malformed, .none, of: peer)
        guard !isBarred(peer) else { return }
        members[peer]?.hear(at: now)
        send(.refused("\(error)"), to: peer)
        if trust.isNews(version) { note(.dropped("what a worker says: \(error)")) }
    }

    /// Members in an order that does not depend on hashing: as they joined.
    var orderedMembers: [Member] {
        members.values.sorted { ($0.joined, $0.name) < ($1.joined, $1.name) }
    }
}
