import Files
import Foundation
import Synchronization

extension CoordinatorProcess {
    /// Trains as `run()` does, with processes that compute for it; where nothing is left to compute, none is started. When all of them have
    /// ended and nobody else is there, the run is saved and ends. Those that are left over in the end are ended.
    ///
    /// - Parameter workers: Processes that are not yet started. Each is the first of a group of its own, as Foundation starts them.
    /// - Throws: `FileError` where one cannot be started, and what `run()` throws.
    public func run(starting workers: [Process]) throws -> RunOutcome {
        guard !isComplete else { return try run() }
        let watch = WorkerWatch(workers.count, tell: tellNoMoreWorkers)
        var started: [Process] = []
        defer { Self.end(started) }
        for worker in workers {
            worker.terminationHandler = { _ in watch.noteEnd() }
            try worker.start()
            started.append(worker)
        }
        return try run()
    }

    /// Workers end by themselves after a goodbye; those that did not hear it are told by a signal, with all that they started, and those that are
    /// stopped or stuck are ended after 5 s: they hold nothing that is not saved.
    private static func end(_ processes: [Process]) {
        for process in processes where process.isRunning { kill(-process.processIdentifier, SIGTERM) }
        let limit = ContinuousClock.now + .seconds(5)
        while processes.contains(where: \.isRunning), ContinuousClock.now < limit { usleep(5_000) }
        for process in processes where process.isRunning { kill(-process.processIdentifier, SIGKILL) }
        for process in processes { process.waitUntilExit() }
    }
}

/// Tells when the last of a run's workers has ended: nobody else finds its socket, so it need not wait.
private final class WorkerWatch: Sendable {
    private let running: Mutex<Int>
    private let tell: @Sendable (String) -> Void

    init(_ workers: Int, tell: @escaping @Sendable (String) -> Void) {
        running = Mutex(workers)
        self.tell = tell
    }

    func noteEnd() {
        let left = running.withLock { running in
            running -= 1
            return running
        }
        guard left == 0 else { return }
        tell("all of its workers have ended, for the reasons above: go on with the same command and --resume")
    }
}
