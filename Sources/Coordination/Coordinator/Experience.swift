/// What rounds of one kind have shown so far: how long a leaf takes, and who computed what.
struct Experience: Sendable {
    /// The even distribution over one set of workers, kept while that set and its groups last.
    struct Assignment: Sendable {
        var peers: [Peer]
        var homes: [Range<Int>]
        var nodes: [Peer: [Int]]
        /// For how many rounds on end another would have been much better.
        var poorRounds = 0
    }

    /// How many seconds lately passed from a lease to its sum for each of its leaves, with everything that travels; nil before the first.
    private(set) var leafTime: Double?
    var assignment: Assignment?

    mutating func learn(leafSeconds: Double) {
        leafTime = leafTime.map { 0.75 * $0 + 0.25 * leafSeconds } ?? leafSeconds
    }
}
