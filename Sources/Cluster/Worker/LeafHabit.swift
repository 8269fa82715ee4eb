/// Which leaves a thread computes, step after step, so that it can take in the next one's pixels before it is told of it.
///
/// A lease comes with its step's parameters, for which the thread would wait with nothing to do. Shards stay where they are as long as
/// the same workers are there, so the first leaf of the next step is likely that of the last one. A wrong guess costs what it takes to
/// take pixels in once more.
struct LeafHabit {
    /// A leaf of a training round.
    struct Place: Equatable {
        let step: Int
        let shard: Int
    }

    private var leaves: [Place] = []
    /// The shards of the step before, in order.
    private var earlierShards: [Int] = []

    mutating func note(_ leaf: Place) {
        if leaf.step != leaves.last?.step {
            earlierShards = leaves.map(\.shard)
            leaves = []
        }
        leaves.append(leaf)
    }

    /// The leaf that comes next, once this step had the leaves that the one before it had.
    var next: Place? {
        guard let first = leaves.first, leaves.map(\.shard) == earlierShards else { return nil }
        return Place(step: first.step + 1, shard: first.shard)
    }
}
