import Randomness

/// Which work is given to two workers on purpose, so that one that computes wrongly is found out.
///
/// What is chosen depends on a key that only the coordinator has, and neither lease looks like an audit to the worker whose
/// sum is to be used. A worker that returns a wrong sum n times is found with probability 1 − (1 − fraction)ⁿ.
public struct Audit: Sendable, Equatable {
    /// The share of all leaves of training rounds that are computed twice, from 0 to 1.
    public var fraction: Double
    /// What the choice depends on.
    public var key: UInt64

    public init(fraction: Double, key: UInt64) {
        precondition((0...1).contains(fraction), "a share is from 0 to 1, not \(fraction)")
        self.fraction = fraction
        self.key = key
    }

    /// Whether the node whose first shard is `shard` is computed twice in a step.
    ///
    /// Nodes are chosen whole and each with the same probability, so that the expected share of leaves is `fraction`.
    func chooses(shard: Int, inStep step: Int) -> Bool {
        guard fraction > 0 else { return false }
        let stream = RandomStream(
            seed: key, operator: RandomStream.audit, pass: UInt32(truncatingIfNeeded: step), example: UInt32(shard))
        return stream.uniform(0) < fraction
    }
}
