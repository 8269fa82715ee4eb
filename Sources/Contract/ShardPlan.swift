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
    /// The examples with labels, which then are a stream of their own in each shard; nil where all are alike.
    public let labelled: LabelledExamples?
    /// The places of those in each shard.
    private let labelledPlaces: [[Int]]

    /// - Throws: `ShardPlanError` where S is no power of two, m is not positive, there are fewer than S·m examples, or a shard lacks
    ///   labelled or other ones.
    public init(
        examples: Int, shards: Int, microbatch: Int, labelled: LabelledExamples? = nil
    ) throws(ShardPlanError) {
        guard shards > 0, shards & (shards - 1) == 0, shards <= 1 << 16 else { throw .shardsNotPowerOfTwo(shards) }
        guard microbatch > 0, microbatch <= 1 << 20 else { throw .microbatchOutOfRange(microbatch) }
        guard examples <= Int(UInt32.max) else { throw .tooManyExamples(examples) }
        guard examples >= shards * microbatch else {
            throw .tooFewExamples(examples: examples, shards: shards, microbatch: microbatch)
        }
        self.examples = examples
        self.shards = shards
        self.microbatch = microbatch
        self.labelled = labelled
        labelledPlaces = labelled?.places(inEachOf: shards) ?? []
        if let labelled { try check(labelled) }
    }

    private func check(_ labelled: LabelledExamples) throws(ShardPlanError) {
        guard (1..<microbatch).contains(labelled.perMicrobatch) else {
            throw .labelledRows(labelled.perMicrobatch, microbatch: microbatch)
        }
        let areOrdered = zip(labelled.examples, labelled.examples.dropFirst()).allSatisfy { $0 < $1 }
        guard areOrdered, labelled.examples.last.map({ $0 < examples }) ?? false,
            labelledPlaces.indices.allSatisfy({ (1..<size(ofShard: $0)).contains(labelledPlaces[$0].count) })
        else { throw .labelledExamples(labelled.examples.count, examples: examples, shards: shards) }
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
    ///
    /// Where some examples are labelled, the first rows are of these and the others of the rest, each with the weight that makes the
    /// microbatch's mean an unbiased one of all examples: (N' / N) · (m / m') where N' examples give m' of the m rows.
    public func microbatch(step: Int, shard: Int, seed: UInt64) -> Microbatch {
        guard let labelled else {
            let stream = stream(shard: shard, seed: seed)
            let rows = (step * microbatch..<(step + 1) * microbatch).map(stream.row)
            return Microbatch(passes: rows.map(\.pass), examples: rows.map(\.example))
        }
        let (rows, weights) = parts(labelled, shard: shard, seed: seed).reduce(into: ([ShardStream.Row](), [Float]())) {
            $0.0 += (step * $1.rows..<(step + 1) * $1.rows).map($1.stream.row)
            $0.1 += Array(repeating: $1.weight, count: $1.rows)
        }
        return Microbatch(passes: rows.map(\.pass), examples: rows.map(\.example), weights: weights)
    }

    /// How many steps show every example of a shard at least once, wherever they begin: two passes.
    public func stepsOfTwoPasses(shard: Int) -> Int {
        guard let labelled else { return 2 * (size(ofShard: shard) + microbatch - 1) / microbatch }
        return parts(labelled, shard: shard, seed: 0).map { 2 * ($0.stream.size + $0.rows - 1) / $0.rows }.max()!
    }

    /// Examples of one kind in a shard, how many rows they give to each microbatch, and how much each counts.
    private struct Part {
        let stream: ShardStream
        let rows: Int
        let weight: Float
    }

    private func parts(_ labelled: LabelledExamples, shard: Int, seed: UInt64) -> [Part] {
        let places = labelledPlaces[shard]
        let own = ShardStream(shard: shard, shards: shards, size: places.count, seed: seed, members: .only(places))
        let rest = ShardStream(
            shard: shard, shards: shards, size: size(ofShard: shard) - places.count, seed: seed,
            members: .others(places))
        func part(_ stream: ShardStream, _ count: Int, _ rows: Int) -> Part {
            let weight = Double(count) / Double(examples) * (Double(microbatch) / Double(rows))
            return Part(stream: stream, rows: rows, weight: Float(weight))
        }
        return [
            part(own, labelled.examples.count, labelled.perMicrobatch),
            part(rest, examples - labelled.examples.count, microbatch - labelled.perMicrobatch),
        ]
    }

    /// The epoch in which step t lies, ⌊t·S·m/N⌋ + 1.
    public func epoch(ofStep step: Int) -> Int { step * globalBatch / examples + 1 }

    /// The number of steps in E epochs, ⌈E·N/(S·m)⌉.
    public func steps(epochs: Int) -> Int { (epochs * examples + globalBatch - 1) / globalBatch }

    /// How many times the training split has been passed through before step t, t·S·m/N. Schedules count in it.
    public func epochs(beforeStep step: Int) -> Double { Double(step * globalBatch) / Double(examples) }
}
