import Contract

/// Everything a worker decides: whom to talk to, what to ask for, which leaf to compute next.
public struct WorkerState: Sendable {
    /// What does not change while the process lives.
    public struct Configuration: Sendable {
        public var hello: WorkerMessage.Hello
        /// Where the coordinator listens, for sentences.
        public var endpoint: String
        public var timing: Timing
        /// The most bytes that a run may make this worker hold.
        public var memoryLimit: Int
        /// Whether it looks for the next coordinator when its own was interrupted.
        public var outlivesCoordinator: Bool

        public init(
            hello: WorkerMessage.Hello, endpoint: String, timing: Timing = Timing(), memoryLimit: Int = .max,
            outlivesCoordinator: Bool = true
        ) {
            self.hello = hello
            self.endpoint = endpoint
            self.timing = timing
            self.memoryLimit = memoryLimit
            self.outlivesCoordinator = outlivesCoordinator
        }
    }

    /// How far the worker has come with its coordinator.
    ///
    /// From a welcome on, the worker stays on the two connections that it has: nothing is lost within one, so nothing is said twice. Where
    /// one is lost, everything that was on its way is void, and the worker joins anew.
    enum Phase: Sendable, Equatable {
        case idle
        /// It says hello until somebody answers; since when.
        case searching(since: Duration)
        /// It builds what the contract describes.
        case preparing
        /// Its probe is on its way to the coordinator; since when.
        case proving(since: Duration)
        case member
        case ended
    }

    /// Why a search finds nobody.
    enum SearchHint: Sendable, Equatable {
        /// Somebody answered at the coordinator's address who has not its key.
        case stranger
        /// Somebody answered there who uses no keys, and this worker does.
        case keyless
        /// The coordinator's name has no address, in a sentence.
        case unresolved(String)
    }

    /// What the contract fixes, and what the worker keeps as long as the contract stays the same.
    struct Assignment: Sendable {
        let contract: Contract
        let plan: ShardPlan
        /// The sizes that what was built has.
        let sizes: BulkSizes
        var ledger: PixelLedger
        var room: PixelRoom
        var probe: String?
        /// What the compiled graphs of all threads hold.
        var graphBytes = 0
        /// Whether the log says already that not all pixels fit.
        var isCrowded = false
    }

    public let configuration: Configuration
    var now: Duration = .zero
    var actions: [WorkerAction] = []
    var phase = Phase.idle
    var fence = Fence.outside
    var welcome: CoordinatorMessage.Welcome?
    var assignment: Assignment?
    var heard: Duration = .zero
    var heartbeatDue: Duration = .zero
    var helloDue: Duration = .zero
    var helloInterval: Duration = .milliseconds(50)
    var searchNoticeDue: Duration = .zero
    /// When a search gives its links up for new ones, and how long it gave these.
    var linksDue: Duration = .zero
    var linksInterval: Duration = .zero
    /// How long a worker that is ready waits to be accepted before it opens its links anew; doubles each time.
    var acceptancePatience: Duration = .zero
    /// How often the links were opened.
    var connections = 0
    /// What is known of why a search finds nobody.
    var searchHint: SearchHint?

    var round: Round?
    /// The highest number of a lease of this membership. Only a newer lease may be of an earlier round.
    var newestLease: UInt64 = 0
    var tasks: [NodeTask] = []
    /// The leaves that threads compute, and since when.
    var running: [Leaf: Duration] = [:]
    /// How long a leaf takes on one thread lately.
    var leafTimes: [Round.Kind: Duration] = [:]
    /// How many times work was dropped while leaves ran; tells their results from those of the same leaves later.
    var membership = 0
    var parametersStep: Int?
    var parametersOrigin = ParametersOrigin.coordinator
    var arriving: ArrivingStep?
    /// An earlier round's step whose parameters are wanted, and no others meanwhile.
    var wantedStep: Int?
    /// The newest step of which parameters were turned away meanwhile.
    var turnedAwayStep: Int?
    /// The memory that the coordinator reads sums in.
    var memory: MemoryRegion?
    var sumSlots = SumSlots()
    var upload = CreditWindow(limit: 1, chunkBytes: 1)
    /// The other workers, and what this one does for them.
    var peers = PeerState()

    var copies: [BackgroundCopy] = []
    var copyPace = CopyPace()
    /// Examples asked for and not here yet, also of shards that were forgotten since: they come all the same.
    var requested: [PixelSplit: Set<UInt32>] = [:]
    /// The newest coordinator epoch seen of the run.
    var newestEpochs: [RunIdentifier: UInt64] = [:]
    /// Messages that made no sense, or were of another run or coordinator.
    public internal(set) var malformed = 0

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        acceptancePatience = configuration.timing.silence
    }

    /// Takes one event in and answers what to do.
    /// - Parameter now: Time since any fixed moment; it never runs backwards.
    public mutating func handle(_ event: WorkerEvent, at now: Duration) -> [WorkerAction] {
        self.now = now
        actions = []
        if phase == .ended { return [] }
        switch event {
        case .begin: search()
        case .received(let envelope): receive(envelope)
        case .receivedFromPeer(let envelope, let connection): receive(envelope, over: connection)
        case .peerLost(let identity): losePeer(identity)
        case .malformed(let error): ignoreMalformed(error)
        case .prepared(let probe, let graphBytes): takePrepared(probe, graphBytes)
        case .unprepared(let sentence): fail(sentence, .refused)
        case .leafFailed(let sentence): fail(sentence)
        case .chunkReady(let leaf, let chunk): take(ready: chunk, of: leaf)
        case .leafFinished(let leaf): finish(leaf)
        case .parametersOverwritten(let leaf): takeBack(leaf)
        case .memoryOpened(let region): offer(region)
        case .leave(let sentence): leave(sentence)
        case .turnedAway(let turning): turnAway(turning)
        case .disconnected: disconnect()
        case .resolved: if case .unresolved = searchHint { searchHint = nil }
        case .unresolved(let sentence): noteUnresolved(sentence)
        case .tick: tick()
        }
        return actions
    }

    /// The run and coordinator that messages of now carry.
    public var currentFence: Fence { fence }

    var timing: Timing { configuration.timing }

    mutating func send(_ message: WorkerMessage, step: Int? = nil) {
        actions.append(.send(envelope(message, step: step)))
    }

    func envelope(_ message: WorkerMessage, step: Int? = nil) -> Envelope<WorkerMessage> {
        var fence = fence
        fence.step = step ?? round?.step ?? 0
        return Envelope(message, fence: fence)
    }

    mutating func note(_ notice: Notice) {
        actions.append(.note(notice))
    }

    mutating func end(_ sentence: String, _ end: WorkerEnd) {
        phase = .ended
        actions.append(.end(sentence, end))
    }

    mutating func fail(_ sentence: String, _ end: WorkerEnd = .failed) {
        send(.failed(sentence))
        self.end(sentence, end)
    }

    private mutating func leave(_ sentence: String) {
        send(.leaving)
        end(sentence, .left)
    }
}
