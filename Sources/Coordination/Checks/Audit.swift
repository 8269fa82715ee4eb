import Randomness

/// Which work is given to two workers on purpose, so that one that computes wrongly is found out.
///
/// What is chosen depends on a key that only the coordinator has, and neither lease looks like an audit to the worker whose
/// sum is to be used. A worker that returns a wrong sum n times is found with probability 1 − (1 − fraction)ⁿ, where honest
/// workers compute the second ones.
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
        fraction > 0 && stream(shard, step).uniform(0) < fraction
    }

    /// Which of so many workers computes the node whose first shard is `shard` a second time: nobody can see to it that it is an
    /// accomplice.
    func auditor(ofShard shard: Int, inStep step: Int, among count: Int) -> Int {
        min(Int(stream(shard, step).uniform(1) * Double(count)), count - 1)
    }

    /// Whether all of a step's round is computed a second time, where workers have added its sums.
    func choosesRound(ofStep step: Int) -> Bool { chooses(shard: Self.wholeRound, inStep: step) }

    /// Which of so many workers computes a second time what the one at `place` has computed: some places on, as many for all, and never itself.
    func successor(of place: Int, among count: Int, inStep step: Int) -> Int {
        (place + 1 + auditor(ofShard: Self.wholeRound, inStep: step, among: count - 1)) % count
    }

    /// Stands for all shards.
    private static let wholeRound = Int(UInt32.max)

    private func stream(_ shard: Int, _ step: Int) -> RandomStream {
        RandomStream(
            seed: key, operator: RandomStream.audit, pass: UInt32(truncatingIfNeeded: step), example: UInt32(shard))
    }
}
