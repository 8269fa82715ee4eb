import Dispatch
import Synchronization

/// A task that runs beside a thread which waits for it.
final class Serving: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let error = Mutex<(any Error)?>(nil)
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ work: @escaping @Sendable () async throws -> Void) {
        let task = Task { [self] in
            do { try await work() } catch { self.error.withLock { $0 = error } }
            ended.signal()
        }
        self.task.withLock { $0 = task }
    }

    /// Waits so long.
    ///
    /// - Throws: What the task ended with.
    func wait(_ time: DispatchTimeInterval) throws {
        guard ended.wait(timeout: .now() + time) == .success, let error = error.withLock({ $0 }) else { return }
        throw error
    }

    /// Ends the task, and waits for that a moment.
    func cancel() {
        task.withLock { $0?.cancel() }
        _ = ended.wait(timeout: .now() + .seconds(2))
    }
}
