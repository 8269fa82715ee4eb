/// A run that ended because nobody computed it. Its last state is saved.
public struct RunAbandoned: Error, CustomStringConvertible {
    /// How many steps are applied.
    public let step: Int
    public let sentence: String

    public var description: String { "the run is saved at step \(step), since \(sentence)" }
}
