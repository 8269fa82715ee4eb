import Cluster
import Explore
import Synchronization

/// Keeps what a run tells, for a page that asks now and then.
final class ActivityRecorder: RunReporter {
    private let begun = ContinuousClock.now
    private let state = Mutex(RunActivity())

    var activity: RunActivity { state.withLock { $0 } }

    func report(_ event: RunEvent) {
        let seconds = Int((ContinuousClock.now - begun) / .seconds(1))
        state.withLock { activity in
            activity.take(event)
            if let text = event.text { activity.add(text, seconds: seconds) }
        }
    }
}

extension RunActivity {
    fileprivate mutating func take(_ event: RunEvent) {
        switch event {
        case .started(let summary): (step, totalSteps) = (summary.step, summary.totalSteps)
        case .step(let report):
            (step, totalSteps, imagesPerSecond) = (report.step + 1, report.totalSteps, report.imagesPerSecond)
        case .workerJoined(let name, _): join(name)
        case .workerLeft(let name, _): leave(name)
        default: break
        }
    }
}

extension RunEvent {
    /// A line of the page's list; nil for what comes too often, or is shown otherwise.
    fileprivate var text: String? {
        switch self {
        case .checkpointSaved(_, let step): "checkpoint of step \(step) saved"
        case .workerJoined(let name, _): "worker \(name) joined"
        case .workerLeft(let name, let reason): "worker \(name) left: \(reason)"
        case .leaseMoved(let text), .notice(let text): text
        case .pictures: nil
        default: line
        }
    }
}
