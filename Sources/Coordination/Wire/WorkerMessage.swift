/// What a worker says to the coordinator.
public enum WorkerMessage: WireBody {
    /// "Here I am": the first message of each incarnation, on the control link, repeated until it is welcomed.
    case hello(Hello)
    /// "My bulk link works too": the same on the other link.
    case attach
    /// "I computed the contract's probe": its SHA-256, in hexadecimal.
    case ready(probe: String)
    /// "I am alive": the number of nodes in hand.
    case heartbeat(busy: Int)
    /// "Send the parameters of this step from this byte on": a joiner, or a worker whose chunks were lost.
    case parametersWanted(offset: Int)
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

    /// Who a worker is.
    public struct Hello: Sendable, Equatable {
        /// The name it was given on its command line, or an empty text.
        public var name: String
        public var host: String
        public var process: Int
        /// How many microbatches it computes side by side.
        public var threads: Int

        public init(name: String, host: String, process: Int, threads: Int) {
            self.name = name
            self.host = host
            self.process = process
            self.threads = threads
        }
    }

    /// Which pixels a worker lacks.
    public struct RowsWanted: Sendable, Equatable {
        /// At most this many examples fit in one request.
        public static let limit = 16_384

        public var split: PixelSplit
        /// Whether a microbatch of the current step waits for them.
        public var isUrgent: Bool
        /// Whether all earlier requests are void: nothing more is expected of them.
        public var isRestart: Bool
        /// Numbers within the split, in the order of need.
        public var examples: [UInt32]

        public init(split: PixelSplit, isUrgent: Bool, isRestart: Bool, examples: [UInt32]) {
            self.split = split
            self.isUrgent = isUrgent
            self.isRestart = isRestart
            self.examples = examples
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

        public init(round: Round, lease: UInt64, node: Int, offset: Int, bytes: Int) {
            self.round = round
            self.lease = lease
            self.node = node
            self.offset = offset
            self.bytes = bytes
        }
    }
}
