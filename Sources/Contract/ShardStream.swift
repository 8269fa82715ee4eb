import Randomness

/// The endless sequence of one shard's examples, or of those with or without labels: one keyed permutation of them after another.
///
/// Row r lies in pass ⌊r/n⌋ for n examples, so every example appears once a pass, and the whole position of a
/// run in its data is one integer.
public struct ShardStream: Hashable, Sendable {
    /// Which of a shard's examples a stream is of.
    enum Members: Hashable, Sendable {
        case all
        /// Those at some places of the shard.
        case only([Int])
        /// Those at all places but some, ascending.
        case others([Int])
    }

    public let shard: Int
    let shards: Int
    /// The number of examples in the stream.
    public let size: Int
    let seed: UInt64
    var members = Members.all

    /// One row of the stream.
    public struct Row: Hashable, Sendable {
        /// How many times all have been passed through before.
        public let pass: UInt32
        /// The number of the example in its split.
        public let example: UInt32
    }

    /// The pass and example of a row, in constant time but for a look at the labelled examples where some are left out.
    public func row(_ row: Int) -> Row {
        let pass = UInt32(truncatingIfNeeded: row / size)
        let permutation = KeyedPermutation(count: size, seed: seed, operator: shuffle, shard: shard, pass: pass)
        return Row(pass: pass, example: UInt32(shard + place(permutation[row % size]) * shards))
    }

    private var shuffle: UInt16 {
        if case .only = members { RandomStream.labelledShuffle } else { RandomStream.shuffle }
    }

    /// The place in the shard of the stream's example number `index`.
    private func place(_ index: Int) -> Int {
        switch members {
        case .all: index
        case .only(let places): places[index]
        case .others(let places): places.reduce(index) { $1 <= $0 ? $0 + 1 : $0 }
        }
    }
}
