import Cluster
import Files
import Synchronization

/// Tells the service manager how a run goes: that workers can connect, about once a second how far it is, and that it ends.
final class ServiceReporter: RunReporter {
    private let manager: ServiceManager
    /// What is done now.
    private let status = Mutex(RunEvent?.none)

    init(_ manager: ServiceManager) {
        self.manager = manager
        manager.hearsOfInterruptions()
    }

    func report(_ event: RunEvent) {
        switch event {
        case .started:
            keep(event)
            manager.tell(.ready)
        case .step, .evaluating: keep(event)
        case .alive: manager.tell(.alive, .status(status.withLock { $0?.status ?? "" }))
        case .finished: manager.tell(.stopping)
        default: break
        }
    }

    private func keep(_ event: RunEvent) { status.withLock { $0 = event } }
}

extension RunEvent {
    fileprivate var status: String? {
        switch self {
        case .step(let step): StepProgress(step, best: nil, secondsLeft: nil).line
        case .evaluating(let examples): "evaluating \(examples) held-out images"
        default: line
        }
    }
}
