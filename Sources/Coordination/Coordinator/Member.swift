/// One worker, as the coordinator sees it.
struct Member: Sendable {
    /// How far it has come.
    enum Standing: Sendable {
        /// It was welcomed and prepares.
        case joining
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
    let joined: Duration
    var standing = Standing.joining
    var isAttached = false
    /// When its last message came, on either link.
    var heard: Duration
    /// Whether it keeps to deadlines.
    var punctuality = Punctuality()
    /// The step whose parameters it was sent last.
    var parametersStep: Int?
    /// The shards whose pixels it has, or is getting.
    var holdings: [PixelSplit: Set<Int>] = [:]
    /// How many leaves it computes in a second lately, its threads working side by side.
    private(set) var speeds: [Round.Kind: Double] = [:]
    /// The memory that it says it has.
    var offeredMemory: MemoryRegion?
    /// The same once this process can read it: parameters and sums then stay where they are written.
    var memory: MemoryRegion?
    var window: CreditWindow
    var outbox: Outbox

    init(_ hello: WorkerMessage.Hello, name: String, peer: Peer, sizes: BulkSizes, at now: Duration) {
        self.peer = peer
        self.name = name
        host = Notice.printable(hello.host)
        process = hello.process
        threads = hello.threads
        joined = now
        heard = now
        window = CreditWindow(limit: sizes.windowBytes)
        outbox = Outbox(sizes: sizes)
    }

    mutating func learn(speed: Double, in kind: Round.Kind) {
        speeds[kind] = speeds[kind].map { 0.75 * $0 + 0.25 * speed } ?? speed
    }
}
