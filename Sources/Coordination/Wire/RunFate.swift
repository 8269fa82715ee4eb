/// What becomes of a run when its coordinator ends.
public enum RunFate: UInt8, Sendable {
    /// All steps are done: nobody will want its workers again.
    case finished = 0
    /// The run cannot go on as it is; somebody has to see to it.
    case failed = 1
    /// The coordinator was asked to end. Another one may go on with the run at the same address.
    case interrupted = 2
}
