/// The examples of one shard in one step, row by row: what a leaf of the tree is computed from.
public struct Microbatch: Hashable, Sendable {
    /// The pass of each row's example, which keys its noise.
    public var passes: [UInt32]
    /// The number of each row's example in its split.
    public var examples: [UInt32]
    /// How much each row counts: 1, or 0 for a row that only fills a microbatch up.
    public var weights: [Float]

    /// A microbatch whose rows all count.
    public init(passes: [UInt32], examples: [UInt32]) {
        self.init(passes: passes, examples: examples, weights: Array(repeating: 1, count: examples.count))
    }

    public init(passes: [UInt32], examples: [UInt32], weights: [Float]) {
        precondition(passes.count == examples.count, "\(passes.count) passes for \(examples.count) examples")
        precondition(weights.count == examples.count, "\(weights.count) weights for \(examples.count) examples")
        self.passes = passes
        self.examples = examples
        self.weights = weights
    }

    /// The number of rows, padding included.
    public var count: Int { examples.count }
}
