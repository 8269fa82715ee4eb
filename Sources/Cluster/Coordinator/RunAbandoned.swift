/// A run that ended because nobody computed it. Its last state is saved.
public struct RunAbandoned: Error, CustomStringConvertible {
    /// How many steps are applied.
    public let step: Int
    public let sentence: String

    public var description: String { "the run is saved at step \(step), since \(sentence)" }
}

/// A run that used a wrong sum and could not go back to the state before it.
struct GoingBackFailed: Error, CustomStringConvertible {
    let step: Int
    let cause: String

    var description: String {
        "a wrong sum was used after step \(step), and the run could not go back to that step: \(cause). Put that right and remove the "
            + "checkpoints of later steps before you resume the run"
    }
}
