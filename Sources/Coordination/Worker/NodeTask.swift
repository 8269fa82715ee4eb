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
    /// The newest lease for it.
    var lease: UInt64
    var waiting: [Waiting]
    /// How the sum leaves; settled when the first leaf starts.
    var place: SumPlace?
    var finishedLeaves = 0
    /// The chunks of the sum that are final, in that order.
    var ready: [Int] = []
    /// How many of those have left.
    var uploaded = 0

    var isSummed: Bool { finishedLeaves == shardCount }

    /// Takes a chunk for final, once.
    mutating func add(ready chunk: Int) {
        if !ready.contains(chunk) { ready.append(chunk) }
    }
}
