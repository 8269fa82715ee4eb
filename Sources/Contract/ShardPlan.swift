/// Which examples a step uses: how the training split is cut into shards, and each shard into microbatches.
///
/// The plan, not the workers, defines the mathematics. N examples, S shards, m examples a microbatch:
/// example i belongs to shard i mod S; step t uses microbatch t of every shard, S·m examples in all.
public struct ShardPlan: Hashable, Sendable {
    /// N, the number of examples in the training split.
    public let examples: Int
    /// S, a power of two.
    public let shards: Int
    /// m, the number of examples of one shard in one step.
    public let microbatch: Int

    /// - Throws: `ShardPlanError` where S is no power of two, m is not positive, or there are fewer than S·m examples.
    public init(examples: Int, shards: Int, microbatch: Int) throws(ShardPlanError) {
        guard shards > 0, shards & (shards - 1) == 0, shards <= 1 << 16 else { throw .shardsNotPowerOfTwo(shards) }
        guard microbatch > 0, microbatch <= 1 << 20 else { throw .microbatchOutOfRange(microbatch) }
        guard examples <= Int(UInt32.max) else { throw .tooManyExamples(examples) }
        guard examples >= shards * microbatch else {
            throw .tooFewExamples(examples: examples, shards: shards, microbatch: microbatch)
        }
        self.examples = examples
        self.shards = shards
        self.microbatch = microbatch
    }

    /// More steps than any run takes; below them no position in the data and no pass overflows.
    public static let mostSteps = Int(Int32.max)

    /// S·m, the number of examples of one optimizer step.
    public var globalBatch: Int { shards * microbatch }

    /// The shard that an example of the training split belongs to.
    public func shard(ofExample example: Int) -> Int { example % shards }

    /// The number of examples in a shard.
    public func size(ofShard shard: Int) -> Int { (examples - shard + shards - 1) / shards }

    /// The examples of a shard, ascending, by their numbers in the training split.
    public func examples(inShard shard: Int) -> StrideTo<Int> { stride(from: shard, to: examples, by: shards) }

    /// The endless sequence of a shard's examples.
    public func stream(shard: Int, seed: UInt64) -> ShardStream {
        precondition((0..<shards).contains(shard), "shard \(shard) is not among \(shards)")
        return ShardStream(shard: shard, shards: shards, size: size(ofShard: shard), seed: seed)
    }

    /// The rows [t·m, (t+1)·m) of a shard's stream: what the shard contributes to step t. It may straddle two passes.
    public func microbatch(step: Int, shard: Int, seed: UInt64) -> Microbatch {
        let stream = stream(shard: shard, seed: seed)
        let rows = (step * microbatch..<(step + 1) * microbatch).map(stream.row)
        return Microbatch(passes: rows.map(\.pass), examples: rows.map(\.example))
    }

    /// The epoch in which step t lies, ⌊t·S·m/N⌋ + 1.
    public func epoch(ofStep step: Int) -> Int { step * globalBatch / examples + 1 }

    /// The number of steps in E epochs, ⌈E·N/(S·m)⌉.
    public func steps(epochs: Int) -> Int { (epochs * examples + globalBatch - 1) / globalBatch }

    /// How many times the training split has been passed through before step t, t·S·m/N. Schedules count in it.
    public func epochs(beforeStep step: Int) -> Double { Double(step * globalBatch) / Double(examples) }
}
