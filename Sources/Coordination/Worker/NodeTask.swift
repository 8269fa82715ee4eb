import Contract

/// A leased node, on its way from leaves to an uploaded sum.
struct NodeTask: Sendable {
    /// A leaf that has not started, and the examples whose pixels it waits for.
    struct Waiting: Sendable {
        var shard: Int
        var missing: Set<UInt32>
    }

    let round: Round
    let node: Int
    let shardCount: Int
    /// The newest lease for it, and the number of the duties under which its sum is delivered.
    var lease: UInt64
    var duties: UInt64
    var waiting: [Waiting]
    /// How the sum leaves; settled when the first leaf starts.
    var place: SumPlace?
    var finishedLeaves = 0
    /// The chunks of the sum that are final, in that order.
    var ready: [Int] = []
    /// How many of those have left.
    var uploaded = 0
    /// How many of its chunks other workers have not taken yet, where they add them.
    var undelivered = 0
    /// Whether the coordinator was told that they have all.
    var isDelivered = false

    var isSummed: Bool { finishedLeaves == shardCount }

    /// Whether all of its sum is on its way to the coordinator.
    var hasLeft: Bool { isSummed && uploaded == ready.count && duties == Duties.star }

    /// Takes a chunk for final, once.
    mutating func add(ready chunk: Int) {
        if !ready.contains(chunk) { ready.append(chunk) }
    }
}
