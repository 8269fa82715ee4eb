/// Which examples pixels belong to.
public enum PixelSplit: UInt8, Sendable, CaseIterable {
    case training = 0
    case validation = 1
}

extension Round.Kind {
    /// The examples that this kind of round reads.
    public var split: PixelSplit { self == .training ? .training : .validation }
}
