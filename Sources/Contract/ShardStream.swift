/// The endless sequence of one shard's examples: one keyed permutation of the shard after another.
///
/// Row r lies in pass ⌊r/n⌋ for a shard of n examples, so every example appears once a pass, and the whole position of a
/// run in its data is one integer.
public struct ShardStream: Hashable, Sendable {
    public let shard: Int
    let shards: Int
    /// The number of examples in the shard.
    public let size: Int
    let seed: UInt64

    /// One row of the stream.
    public struct Row: Hashable, Sendable {
        /// How many times the whole shard has been passed through before.
        public let pass: UInt32
        /// The number of the example in its split.
        public let example: UInt32
    }

    /// The pass and example of a row, in constant time.
    public func row(_ row: Int) -> Row {
        let pass = UInt32(row / size)
        let permutation = KeyedPermutation(count: size, seed: seed, shard: shard, pass: pass)
        return Row(pass: pass, example: UInt32(shard + permutation[row % size] * shards))
    }
}
