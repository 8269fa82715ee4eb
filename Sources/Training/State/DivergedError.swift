/// A step whose loss or gradient is no finite number. The state before it is intact.
public struct DivergedError: Error, Hashable, CustomStringConvertible {
    /// The number of the step, from 0.
    public let step: Int
    /// What went out of range: `the reconstruction term`, `the gradient of encoder/0/linear/weight`.
    public let quantity: String
    public let value: Double

    public var description: String {
        "\(quantity) became \(value) in step \(step + 1), and the step was not applied: begin a new run with a lower learning rate "
            + "or a clipping norm; the newest checkpoint is still good"
    }
}
