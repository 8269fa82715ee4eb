import Coordination

extension RunEvent {
    /// What a notice means to the run's user, if anything.
    init?(_ notice: Notice) {
        switch notice {
        case .joined(let name, _, let process, _, _): self = .workerJoined(name: name, process: process)
        case .gone(let name, let reason, _): self = .workerLeft(name: name, reason: reason)
        case .moved: self = .leaseMoved(notice.description)
        case .finished: return nil
        default: self = .notice(notice.description)
        }
    }
}
