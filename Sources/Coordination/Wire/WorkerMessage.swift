/// What a worker says to the coordinator.
public enum WorkerMessage: WireBody {
    /// "Here I am": the first message of each incarnation, on the control link, repeated until it is answered.
    case hello(Hello)
    /// "My bulk link works too": the same on the other link, repeated until the worker is accepted, which proves that it arrived.
    case attach
    /// "I computed the contract's probe": its SHA-256, in hexadecimal.
    case ready(probe: String)
    /// "I am alive": the number of nodes in hand, and how many bytes other workers have taken since the last of these.
    case heartbeat(busy: Int, taken: Int = 0)
    /// "Send the parameters of this step": those in memory were written over, or the lease is of an earlier round, whose parameters a
    /// worker that is further on drops.
    case parametersWanted
    /// "Send these examples' pixels."
    case rowsWanted(RowsWanted)
    /// "I took this many bytes off the bulk link."
    case credit(bytes: Int)
    /// A piece of a node's partial; the floats are in the second frame. Bulk link.
    case partial(PartialChunk)
    /// "I am leaving": after finishing politely, or in answer to a goodbye.
    case leaving
    /// "I cannot go on", and why.
    case failed(String)
    /// "I can read your memory; here is mine": its slots will hold sums.
    case memory(MemoryRegion)
    /// "A piece of a node's sum lies in my memory": at the same place in the slot as in the sum.
    case sumStored(PartialChunk, MemorySlot)
    /// "I reach these workers": their identities.
    case reached([[UInt8]])
    /// "All of this node's sum is where it is added."
    case delivered(Delivery)
    /// A piece of the root's sum, which this worker added; the floats are in the second frame. Bulk link.
    case rootSum(SumPiece)
    /// "How is the run doing?": of whoever has a key, member or not.
    case statusWanted
    /// "This is what I did": the answer to *spans wanted*.
    case spans(WorkSpans)

    /// Whether it comes over the bulk link; everything else comes over the other.
    public var isBulk: Bool {
        switch self {
        case .attach, .partial, .rootSum: true
        default: false
        }
    }

    /// Who a worker is.
    public struct Hello: Sendable, Equatable {
        /// The name it was given on its command line, or an empty text.
        public var name: String
        public var host: String
        public var process: Int
        /// How many microbatches it computes side by side.
        public var threads: Int
        /// A random number that it keeps for its life: a worker that says hello over a new connection is known by it, and takes its own
        /// place.
        public var incarnation: UInt64
        /// How often it has opened its links: a hello of an earlier connection is not worth an answer.
        public var connection: Int
        /// Where other workers reach it: `tcp://HOST:PORT`, or `:PORT` at the address that the coordinator sees, or an empty text.
        public var door: String

        public init(
            name: String, host: String, process: Int, threads: Int, incarnation: UInt64, connection: Int = 0,
            door: String = ""
        ) {
            self.name = name
            self.host = host
            self.process = process
            self.threads = threads
            self.incarnation = incarnation
            self.connection = connection
            self.door = door
        }
    }

    /// Which pixels a worker lacks.
    public struct RowsWanted: Sendable, Equatable {
        /// At most this many examples fit in one request.
        public static let limit = 16_384

        /// What they are wanted for.
        public enum Purpose: UInt8, Sendable {
            /// A later step: they are copied when nothing else is to be sent.
            case copy = 0
            /// A microbatch that waits for them.
            case microbatch = 1
            /// The same, and they were asked for before as copies: those that have not left yet come first now, and none twice.
            case hurry = 2
        }

        public var split: PixelSplit
        public var purpose: Purpose
        /// Numbers within the split, in the order of need.
        public var examples: [UInt32]

        public init(split: PixelSplit, purpose: Purpose, examples: [UInt32]) {
            self.split = split
            self.purpose = purpose
            self.examples = examples
        }
    }

    /// What has become of a lease whose sum other workers add.
    public struct Delivery: Sendable, Equatable {
        public var round: Round
        public var lease: UInt64
        public var node: Int
        /// How long a leaf of this kind takes the worker lately on one thread.
        public var leafTime: Duration

        public init(round: Round, lease: UInt64, node: Int, leafTime: Duration = .zero) {
            self.round = round
            self.lease = lease
            self.node = node
            self.leafTime = leafTime
        }
    }

    /// Where a piece of a partial belongs: a chunk that travels, or several chunks in a row that lie in memory.
    public struct PartialChunk: Sendable, Equatable {
        public var round: Round
        public var lease: UInt64
        public var node: Int
        /// The piece's place in the partial, in bytes.
        public var offset: Int
        /// The piece's length, in bytes.
        public var bytes: Int
        /// How long a leaf of this kind takes the worker lately on one thread; zero where it has finished none.
        public var leafTime: Duration

        public init(round: Round, lease: UInt64, node: Int, offset: Int, bytes: Int, leafTime: Duration = .zero) {
            self.round = round
            self.lease = lease
            self.node = node
            self.offset = offset
            self.bytes = bytes
            self.leafTime = leafTime
        }
    }
}
