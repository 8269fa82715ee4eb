/// Which rows evaluation computes: a whole split, once, in the shards and microbatch size of the run.
///
/// As in training, example i belongs to shard i mod S and a shard is the unit of work, so that the same tree folds the
/// results. A shard's last microbatch is filled up with rows of weight zero. Any number of examples is fine, even fewer than S.
public struct EvaluationPlan: Hashable, Sendable {
    public let examples: Int
    public let shards: Int
    public let microbatch: Int

    public init(examples: Int, shards: Int, microbatch: Int) {
        precondition(examples >= 0 && shards > 0 && microbatch > 0, "no plan for \(examples), \(shards), \(microbatch)")
        self.examples = examples
        self.shards = shards
        self.microbatch = microbatch
    }

    /// The number of examples in a shard, which may be zero.
    public func size(ofShard shard: Int) -> Int { max(0, (examples - shard + shards - 1) / shards) }

    /// The examples of a shard, ascending.
    public func examples(inShard shard: Int) -> StrideTo<Int> { stride(from: shard, to: examples, by: shards) }

    /// The number of microbatches that hold a shard's examples.
    public func microbatchCount(shard: Int) -> Int { (size(ofShard: shard) + microbatch - 1) / microbatch }

    /// The pass that keys the noise of evaluation: one that training never reaches.
    public static let pass = UInt32.max

    /// The microbatch of a shard at `index`, its examples in ascending order.
    ///
    /// Rows of weight zero repeat the shard's first example, so that there are always pixels for them.
    public func microbatch(_ index: Int, shard: Int) -> Microbatch {
        precondition(index < microbatchCount(shard: shard), "shard \(shard) has no microbatch \(index)")
        let positions = index * microbatch..<(index + 1) * microbatch
        let size = size(ofShard: shard)
        return Microbatch(
            passes: Array(repeating: Self.pass, count: microbatch),
            examples: positions.map { UInt32(shard + ($0 < size ? $0 : 0) * shards) },
            weights: positions.map { $0 < size ? 1 : 0 })
    }
}
