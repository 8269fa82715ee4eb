import Dispatch
import Synchronization

/// Jobs that wait for a thread, the oldest first.
final class JobQueue<Job: Sendable>: Sendable {
    private let jobs = Mutex<[Job]>([])
    private let available = DispatchSemaphore(value: 0)

    func put(_ job: Job) {
        jobs.withLock { $0.append(job) }
        available.signal()
    }

    /// Waits for a job and takes it.
    func take() -> Job {
        available.wait()
        return jobs.withLock { $0.removeFirst() }
    }
}
