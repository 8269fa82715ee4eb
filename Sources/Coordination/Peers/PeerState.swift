/// What a worker knows of the others, and has for them.
struct PeerState: Sendable {
    /// This worker's identity, as the others have it.
    var own: [UInt8] = []
    /// Its connections to the others' doors, by their identities.
    var links: [[UInt8]: PeerLink] = [:]
    /// The newest duties.
    var duties: Duties?
    /// The pieces that this worker adds.
    var fold: PieceFold?
    /// Pieces of the group's sum that their holders were sent, or are to be.
    var handedOn: Set<SumPiece> = []
    /// The root's pieces that the coordinator has not been sent, the oldest first.
    var rootPieces: [SumPiece] = []
    /// Chunks that came before their duties did: two connections carry them.
    var early: [PassedParameters] = []
    /// When this worker began to wait for a round's parameters, or asked for them last.
    var waitingSince = Duration.zero
    /// The newest step of which a chunk was passed on, and its chunks.
    var passedStep = -1
    var passed: ChunkSet?
    /// The newest step that the coordinator has spoken of. Only few can have begun since.
    var knownStep = 0
    /// When those who do not answer are greeted again.
    var greetingDue = Duration.zero

    /// Whether a message of another worker can be of this step. One that is further on than the run would put all others aside.
    func canBegin(_ step: Int) -> Bool { step <= knownStep + Self.stepsAtOnce }

    /// How many steps the coordinator can have begun of which the news is still on its way: whoever computes knows of the one before, but another
    /// that passes parameters on may not, where steps take a millisecond.
    private static let stepsAtOnce = 64
    /// How many bytes others have taken since the last heartbeat.
    var taken = 0

    /// The identities of those who answer.
    var reached: [[UInt8]] { identities(where: \.isUp) }

    /// The identities of those whose connections are so, in an order that does not depend on hashing.
    func identities(where isWanted: (PeerLink) -> Bool) -> [[UInt8]] {
        links.filter { isWanted($0.value) }.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
