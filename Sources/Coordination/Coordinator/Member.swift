/// One worker, as the coordinator sees it.
struct Member: Sendable {
    /// How far it has come.
    enum Standing: Sendable {
        /// It prepares, and its bulk link has not spoken yet.
        case welcomed
        /// It prepares, and its bulk link has spoken.
        case attached
        /// Its probe agrees, but its bulk link has not spoken yet.
        case proven
        /// It may have leases.
        case active
    }

    let peer: Peer
    let name: String
    let host: String
    let process: Int
    let threads: Int
    let incarnation: UInt64
    let connection: Int
    let joined: Duration
    var standing = Standing.welcomed
    /// When the log says next that it is not in yet.
    var reminderDue: Duration
    /// What it still lacks to be a member; nil where nothing.
    var lacks: Notice.Lack? {
        switch standing {
        case .welcomed, .attached: .probe
        case .proven: .bulkLink
        case .active: nil
        }
    }

    /// How its messages come, on either link.
    private(set) var pulse: Pulse
    /// When the last one came.
    var heard: Duration { pulse.heard }

    mutating func hear(at now: Duration) { pulse.hear(at: now) }

    /// Whether it keeps to deadlines.
    var punctuality = Punctuality()
    /// The step whose parameters it was sent last.
    var parametersStep: Int?
    /// The step whose parameters it asked for and was sent last.
    var resentStep: Int?

    /// Whether the parameters that it asks for are on their way since it asked before.
    func isResent(_ step: Int) -> Bool {
        resentStep == step && (outbox.parametersStep == step || window.outstanding > 0)
    }

    /// The shards whose pixels it has, or is getting.
    var holdings: [PixelSplit: Set<Int>] = [:]
    /// How many leaves it computes in a second lately, its threads working side by side.
    private(set) var speeds: [Round.Kind: Double] = [:]
    /// How many seconds lately passed from a lease to its sum for each of its leaves, with everything that travels.
    private(set) var leafTimes: [Round.Kind: Double] = [:]
    /// How many seconds lately passed from the first piece of a sum to the last.
    private(set) var uploads: [Round.Kind: Double] = [:]
    /// The memory that it says it has.
    var offeredMemory: MemoryRegion?
    /// The same once this process can read it: parameters and sums then stay where they are written.
    var memory: MemoryRegion?
    /// Where other workers reach it, if they can.
    struct Door: Sendable, Equatable {
        /// `tcp://HOST:PORT`
        var address: String
        /// Its public key; empty where nothing is encrypted.
        var key: String

        /// The address without its port: what two doors of one machine have in common.
        var host: Substring { address[..<(address.lastIndex(of: ":") ?? address.endIndex)] }

        /// Whether only the coordinator's own machine reaches it.
        var isLoopback: Bool { host.hasPrefix("tcp://127.") || host == "tcp://[::1]" || host == "tcp://localhost" }
    }
    var door: Door?
    /// The identities of those that it reaches, and of all whom it ever did.
    private(set) var reached: Set<[UInt8]> = []
    private(set) var everReached: Set<[UInt8]> = []

    mutating func reach(_ identities: Set<[UInt8]>) {
        reached = identities
        everReached.formUnion(identities)
    }

    /// The number of the duties that it was told of last.
    var toldDuties = Duties.star
    /// When it may add sums again.
    var holdsNothingUntil = Duration.zero
    /// When others took something last of what it sent them.
    private(set) var takenAt = Duration.zero
    /// Whether the log says already that not all others reach it.
    var isToldUnreached = false
    var window: CreditWindow
    var outbox: Outbox

    /// What another is told of it.
    func entry(for other: Member) -> PeerEntry {
        let isReachable = door?.isLoopback == false || other.door?.isLoopback == true
        return PeerEntry(
            identity: peer.identity, name: name, address: isReachable ? door?.address ?? "" : "", key: door?.key ?? "")
    }

    init(_ hello: WorkerMessage.Hello, name: String, peer: Peer, sizes: BulkSizes, timing: Timing, at now: Duration) {
        self.peer = peer
        self.name = name
        host = Notice.printable(hello.host)
        process = hello.process
        threads = hello.threads
        incarnation = hello.incarnation
        connection = hello.connection
        joined = now
        reminderDue = now + timing.silence
        pulse = Pulse(at: now, timing)
        window = CreditWindow(limit: sizes.windowBytes, chunkBytes: sizes.chunkBytes)
        outbox = Outbox(sizes: sizes)
    }

    /// Since when rounds leave it without work; nil while they do not.
    var idleSince: Duration?
    /// How often it has been measured anew without being faster.
    var trials = 0

    /// Has it taken for as fast as others are, thread by thread, until it is measured again.
    mutating func forgetSpeed(in kind: Round.Kind) {
        speeds[kind] = nil
        idleSince = nil
        trials += 1
    }

    /// - Parameter leafTime: What the worker says a leaf takes on one of its threads.
    mutating func learn(leafTime: Duration, in kind: Round.Kind) {
        if leafTime > .zero { speeds[kind] = Double(threads) / leafTime.inSeconds }
    }

    /// Notes how much others have taken since the last heartbeat; answers for how long they took nothing, or nil where that is still so.
    mutating func note(taken bytes: Int, at now: Duration) -> Duration? {
        guard bytes > 0 else { return nil }
        defer { takenAt = now }
        return now - takenAt
    }

    mutating func learn(leafSeconds: Double, upload: Double, in kind: Round.Kind) {
        leafTimes[kind] = leafTimes[kind].map { 0.75 * $0 + 0.25 * leafSeconds } ?? leafSeconds
        uploads[kind] = uploads[kind].map { 0.75 * $0 + 0.25 * upload } ?? upload
    }
}
