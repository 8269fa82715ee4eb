import Foundation
import Training

/// A run that is trained in turns, each timed.
final class TimedRun {
    /// From when all worked until the last commit.
    struct Turn {
        let begin: Double
        let end: Double

        var length: Double { end - begin }
    }

    /// How a turn ends.
    enum Ending {
        /// All steps are done.
        case done
        /// By SIGTERM.
        case askedTo
    }

    let cluster: ChaosCluster
    let monitor: CommitMonitor
    private(set) var turns: [Turn] = []
    private var begin = 0.0

    /// - Parameter name: Of the run directory, and the prefix of all logs.
    init(_ trial: Trial, _ name: String, port: UInt16) {
        cluster = ChaosCluster(trial, name, port: port)
        monitor = CommitMonitor(cluster.paths.metrics)
    }

    deinit { monitor.stop() }

    var paths: RunPaths { cluster.paths }

    /// Starts everything, and waits until all work.
    func start(steps: Int) throws {
        try cluster.startCoordinator(steps: steps)
        try cluster.fillUp()
        guard let coordinator = cluster.coordinator else { throw Problem("no coordinator") }
        let limit = ContinuousClock.now + .seconds(60)
        while !coordinator.text.contains("workers: \(cluster.workers.count)"), ContinuousClock.now < limit {
            try cluster.check()
            Thread.sleep(forTimeInterval: 0.02)
        }
        try monitor.waitForCommit(after: CommitMonitor.now, seconds: 20, coordinator)
        begin = CommitMonitor.now
    }

    /// Ends everything.
    func stop(_ ending: Ending) throws {
        guard let coordinator = cluster.coordinator else { throw Problem("no coordinator") }
        let end = ending == .done ? monitor.commits.last?.time ?? begin : CommitMonitor.now
        if ending == .askedTo { coordinator.signal(SIGTERM) }
        let (found, expected) = (try coordinator.end(within: 60), ending == .done ? Int32(0) : 143)
        guard found == expected else {
            throw Problem("\(coordinator.name) ended with \(found), not \(expected): \(coordinator.lastLine)")
        }
        try cluster.endWorkers()
        turns.append(Turn(begin: begin, end: end))
    }

    /// Its newest checkpoint, which must verify.
    func newest() throws -> Checkpoint {
        guard let newest = try CheckpointStore(directory: paths.checkpoints).newest(), newest.skipped.isEmpty else {
            throw Problem("\(paths.checkpoints) has no checkpoint that verifies, or others beside it")
        }
        return newest.checkpoint
    }
}
