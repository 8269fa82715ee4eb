/// What the coordinator says to a worker.
public enum CoordinatorMessage: WireBody {
    /// "You may join": all a worker needs to prepare.
    case welcome(Welcome)
    /// "Your probe agrees; you are a member."
    case accepted
    /// "You cannot take part", and why.
    case refused(String)
    /// "Compute this node of this round."
    case lease(Lease)
    /// "I am alive."
    case heartbeat
    /// "I do not know you; say hello again": after a restart, or a long silence.
    case stranger
    /// "I took this many bytes off the bulk link."
    case credit(bytes: Int)
    /// A piece of the parameters of this step; the floats are in the second frame. Under other duties than the star its receiver passes it on.
    /// Bulk link.
    case parameters(offset: Int, bytes: Int, duties: UInt64 = Duties.star)
    /// Pixels; the examples' bytes, one after the other, are in the second frame. Bulk link.
    case rows(Rows)
    /// "I am ending": why, and what becomes of the run.
    case goodbye(String, RunFate)
    /// "The parameters of this step lie in my memory."
    case parametersStored(MemorySlot)
    /// "These are the workers": whom it may send to, and who may send to it.
    case peers(PeerTable)
    /// "These are the duties from now on."
    case duties(Duties)
    /// "This is how the run is doing": JSON, in the second frame. Control link.
    case status(bytes: Int)
    /// "Say what you did since you were asked last": what the coordinator's clock shows, to come back in the answer.
    case spansWanted(Duration)

    /// What a joining worker is told.
    public struct Welcome: Sendable, Equatable {
        /// The worker's name from now on, as the logs have it.
        public var name: String
        /// The contract in its canonical form; it fixes the model, the shards and every random number.
        public var contract: String
        /// Bytes of a step's parameters and running statistics together.
        public var parameterBytes: Int
        /// Bytes of a training partial.
        public var partialBytes: Int
        /// Bytes of an evaluation partial.
        public var evaluationBytes: Int
        /// Bytes of one example's pixels.
        public var exampleBytes: Int
        /// Bytes that a chunk holds at most.
        public var chunkBytes: Int
        /// Bytes that may be outstanding in each direction.
        public var windowBytes: Int
        /// Where processes of the same machine can read parameters.
        public var memory: MemoryRegion?
        /// Whether workers of this run may have to add sums and pass on parameters.
        public var givesDuties: Bool

        public init(
            name: String, contract: String, parameterBytes: Int, partialBytes: Int, evaluationBytes: Int,
            exampleBytes: Int, chunkBytes: Int, windowBytes: Int, memory: MemoryRegion? = nil,
            givesDuties: Bool = false
        ) {
            self.name = name
            self.contract = contract
            self.parameterBytes = parameterBytes
            self.partialBytes = partialBytes
            self.evaluationBytes = evaluationBytes
            self.exampleBytes = exampleBytes
            self.chunkBytes = chunkBytes
            self.windowBytes = windowBytes
            self.memory = memory
            self.givesDuties = givesDuties
        }

        /// All the sizes that a worker compares with its own.
        var sizes: BulkSizes {
            BulkSizes(
                parameterBytes: parameterBytes, partialBytes: partialBytes, evaluationBytes: evaluationBytes,
                exampleBytes: exampleBytes, chunkBytes: chunkBytes, windowBytes: windowBytes)
        }

        /// The size of a partial of `kind`.
        func bytes(of kind: Round.Kind) -> Int {
            kind == .training ? partialBytes : evaluationBytes
        }
    }

    /// The right and duty to compute a node.
    public struct Lease: Sendable, Equatable {
        public var identifier: UInt64
        public var round: Round
        public var node: Int
        /// Whether the sum only serves to check another's, so that the shards' other pixels are not worth having.
        public var isCheck: Bool
        /// Under which duties the sum is delivered.
        public var duties: UInt64

        public init(
            identifier: UInt64, round: Round, node: Int, isCheck: Bool = false, duties: UInt64 = Duties.star
        ) {
            self.identifier = identifier
            self.round = round
            self.node = node
            self.isCheck = isCheck
            self.duties = duties
        }
    }

    /// Whose pixels follow.
    public struct Rows: Sendable, Equatable {
        public var split: PixelSplit
        public var examples: [UInt32]
        /// The length of the second frame.
        public var bytes: Int

        public init(split: PixelSplit, examples: [UInt32], bytes: Int) {
            self.split = split
            self.examples = examples
            self.bytes = bytes
        }
    }
}
