/// What every message carries, so that one from another time does no harm.
public struct Fence: Hashable, Sendable {
    public var run: RunIdentifier
    /// Which incarnation of the coordinator: 1 for the first.
    public var epoch: UInt64
    /// The step that the message is about.
    public var step: Int

    public init(run: RunIdentifier, epoch: UInt64, step: Int) {
        self.run = run
        self.epoch = epoch
        self.step = step
    }

    /// What a worker writes before it has been welcomed.
    public static let outside = Fence(run: .none, epoch: 0, step: 0)

    /// Whether both are of the same run and coordinator, at whatever step.
    public func matches(_ other: Fence) -> Bool {
        run == other.run && epoch == other.epoch
    }
}
