/// One use of a step's parameters: the sum over all shards that a step or an evaluation needs.
///
/// The evaluation with the parameters of step t comes before the training step t, which replaces them.
public struct Round: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What a leaf computes.
    public enum Kind: UInt8, Sendable {
        /// Metric sums over the held-out examples of a shard.
        case evaluation = 0
        /// The gradient of one microbatch.
        case training = 1
    }

    public let step: Int
    public let kind: Kind

    public init(step: Int, kind: Kind) {
        self.step = step
        self.kind = kind
    }

    public static func < (left: Round, right: Round) -> Bool {
        (left.step, left.kind.rawValue) < (right.step, right.kind.rawValue)
    }

    /// "step 12" for the twelfth step, or "evaluation after step 11": people count steps from 1, as the records do.
    public var description: String {
        kind == .training ? "step \(step + 1)" : "evaluation after step \(step)"
    }
}
