/// How a worker's part ends.
public enum WorkerEnd: Sendable, Equatable {
    /// The run is over, or its coordinator is and the worker does not outlive that.
    case finished
    /// It was asked to leave.
    case left
    /// It found no coordinator, could not compute, or the run cannot go on.
    case failed
    /// It does not suit the run: its key, protocol version, probe, processor or memory. Started again the same way, it would end the
    /// same way.
    case refused
}
