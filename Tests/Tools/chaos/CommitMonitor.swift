import Foundation
import Synchronization
import Training

/// Watches a run's `metrics.jsonl`, and notes when steps are committed.
final class CommitMonitor: Sendable {
    /// The moment at which it was seen that so many steps are committed.
    struct Commit: Sendable {
        let time: Double
        let steps: Int
    }

    private struct State {
        var commits: [Commit] = []
        var isStopped = false
    }

    private let path: String
    private let state = Mutex(State())

    /// Seconds between looks.
    private static let interval = 0.003

    init(_ path: String) {
        self.path = path
        let thread = Thread { [self] in
            while !state.withLock({ $0.isStopped }) {
                look()
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
        thread.start()
    }

    /// Seconds on the clock that commits are noted by, which nobody sets.
    static var now: Double { (ContinuousClock.now - begin) / .seconds(1) }
    private static let begin = ContinuousClock.now

    /// All that was seen so far, the oldest first. After a coordinator's death the number of steps is lower again.
    var commits: [Commit] { state.withLock { $0.commits } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Waits until steps are committed at a later moment than `time`.
    func waitForCommit(after time: Double, seconds: Double, _ who: ChildProcess) throws {
        while (commits.last?.time ?? 0) <= time {
            guard who.isRunning else { throw Problem("\(who.name) ended: \(who.lastLine)") }
            guard Self.now < time + seconds else { throw Problem("no step was committed for \(Int(seconds)) s") }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }

    private func look() {
        guard let steps = newestStep() else { return }
        state.withLock { state in
            if state.commits.last?.steps != steps { state.commits.append(Commit(time: Self.now, steps: steps)) }
        }
    }

    /// How many steps the last whole row of a step counts.
    private func newestStep() -> Int? {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: end - min(end, 1024))
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let row = lines.reversed().lazy.compactMap { MetricsRow(line: $0) }.first { $0.split == .train }
        return row?.step
    }
}
