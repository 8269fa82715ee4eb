import ArgumentParser
import Foundation
import Hashing
import Training

/// A run under faults, and the same run in peace.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Disturbs a run with real processes, and compares it with a quiet one.",
        discussion: """
            Example:
              scripts/chaos --workers 6 --minutes 2 --fault-every 10 --seed 1

            Exits with 0 if every digest is the quiet run's and nobody ended unasked, otherwise with 1.
            """)

    @Option(help: "Worker processes.") var workers = 6
    @Option(help: "How long the run is disturbed.") var minutes = 2.0
    @Option(name: .customLong("fault-every"), help: "Seconds between faults.") var faultEvery = 10.0
    @Option(help: "Of the schedule: which fault comes when and befalls whom.") var seed: UInt64 = 1
    @Option(parsing: .upToNextOption, help: "Kinds of faults (default: all).") var only: [Fault] = Fault.allCases
    @Option(help: "Where runs and logs go; what is there is removed.") var directory: String
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers is from 1 to 64, not \(workers)") }
        guard minutes > 0, minutes <= 10_000 else { throw ValidationError("--minutes is above 0, not \(minutes)") }
        guard faultEvery >= 0.5 else { throw ValidationError("--fault-every is at least 0.5 s, not \(faultEvery)") }
    }

    func run() throws {
        let trial = try Trial(directory, workers: workers)
        let disturbed = try disturb(trial)
        let quiet = try repeatInPeace(trial, steps: disturbed.steps)
        let report = try compare(trial, disturbed, quiet)
        print(json ? try text(report) : "\(report)")
        if !report.digestEqual { throw ExitCode(1) }
    }

    /// What one run came to.
    private struct Outcome {
        let paths: RunPaths
        let steps: Int
        let digest: String
        let begin: Double
        let end: Double
        let pace: Pace
        var events: [Disturbance.Event] = []
    }

    private func disturb(_ trial: Trial) throws -> Outcome {
        let cluster = ChaosCluster(trial, "disturbed", port: trial.port)
        let monitor = CommitMonitor(cluster.paths.metrics)
        defer { monitor.stop() }
        let begin = try start(cluster, monitor, steps: Disturbance.endless)
        let disturbance = Disturbance(cluster, monitor, trial, only, seed: seed)
        try disturbance.run(until: begin + 60 * minutes, every: faultEvery)
        try monitor.waitForCommit(after: CommitMonitor.now, seconds: 20, cluster.coordinator!)
        let end = CommitMonitor.now
        cluster.coordinator?.signal(SIGTERM)
        var outcome = try finish(cluster, monitor, begin, end, status: 143)
        outcome.events = disturbance.events
        return outcome
    }

    private func repeatInPeace(_ trial: Trial, steps: Int) throws -> Outcome {
        let cluster = ChaosCluster(trial, "quiet", port: trial.port + 1000)
        let monitor = CommitMonitor(cluster.paths.metrics)
        defer { monitor.stop() }
        let begin = try start(cluster, monitor, steps: steps)
        while cluster.coordinator?.isRunning == true, (monitor.commits.last?.steps ?? 0) < steps {
            Thread.sleep(forTimeInterval: 0.01)
        }
        return try finish(cluster, monitor, begin, monitor.commits.last?.time ?? begin, status: 0)
    }

    /// Starts everything, and returns the moment from which on all work.
    private func start(_ cluster: ChaosCluster, _ monitor: CommitMonitor, steps: Int) throws -> Double {
        try cluster.startCoordinator(steps: steps)
        try cluster.fillUp()
        guard let coordinator = cluster.coordinator else { throw Problem("no coordinator") }
        let limit = Date(timeIntervalSinceNow: 60)
        while !coordinator.text.contains("workers: \(workers)"), Date() < limit {
            try cluster.check()
            Thread.sleep(forTimeInterval: 0.02)
        }
        try monitor.waitForCommit(after: CommitMonitor.now, seconds: 20, coordinator)
        return CommitMonitor.now
    }

    private func finish(
        _ cluster: ChaosCluster, _ monitor: CommitMonitor, _ begin: Double, _ end: Double, status: Int32
    ) throws -> Outcome {
        guard let coordinator = cluster.coordinator else { throw Problem("no coordinator") }
        let found = try coordinator.end(within: 60)
        guard found == status else {
            throw Problem("\(coordinator.name) ended with \(found), not \(status): \(coordinator.lastLine)")
        }
        try cluster.endWorkers()
        guard let newest = try CheckpointStore(directory: cluster.paths.checkpoints).newest(), newest.skipped.isEmpty
        else {
            throw Problem("\(cluster.paths.checkpoints) has no checkpoint that verifies, or others beside it")
        }
        return Outcome(
            paths: cluster.paths, steps: newest.checkpoint.state.step,
            digest: newest.checkpoint.state.digest.description, begin: begin, end: end, pace: Pace(monitor.commits))
    }

    // MARK: - Comparing

    private func compare(_ trial: Trial, _ disturbed: Outcome, _ quiet: Outcome) throws -> Report {
        let rows = try DigestLog.rows(disturbed.paths.digests, neededUpTo: disturbed.steps)
        let quietRows = try DigestLog.rows(quiet.paths.digests, neededUpTo: quiet.steps)
        try checkRows(disturbed)
        let rate = disturbed.pace.rate(disturbed.begin, disturbed.end)
        let quietRate = quiet.pace.rate(quiet.begin, quiet.end)
        return Report(
            seed: seed, workers: workers, faults: costs(disturbed), steps: disturbed.steps,
            repeatedSteps: disturbed.pace.repeated, seconds: disturbed.end - disturbed.begin, stepsPerSecond: rate,
            quietStepsPerSecond: quietRate, throughputKept: rate / quietRate, comparedDigests: rows.count,
            digest: disturbed.digest, quietDigest: quiet.digest,
            digestEqual: disturbed.digest == quiet.digest && rows == quietRows)
    }

    /// Every step has one row, whatever happened.
    private func checkRows(_ outcome: Outcome) throws {
        let text = try String(contentsOfFile: outcome.paths.metrics, encoding: .utf8)
        let steps = text.split(separator: "\n").compactMap { MetricsRow(line: $0) }.filter { $0.split == .train }.map(
            \.step)
        guard steps == Array(0..<outcome.steps) else {
            throw Problem("\(outcome.paths.metrics) does not have one row for each of \(outcome.steps) steps")
        }
    }

    private func costs(_ outcome: Outcome) -> [Report.Kind] {
        Fault.allCases.compactMap { fault in
            let seconds = outcome.events.filter { $0.fault == fault }.map { event in
                fault.isWorkers
                    ? outcome.pace.longestPause(from: event.time, to: min(event.time + faultEvery, outcome.end))
                    : outcome.pace.nextCommit(after: event.time) ?? .infinity
            }
            guard let middle = median(seconds), let worst = seconds.max() else { return nil }
            return Report.Kind(kind: fault, count: seconds.count, medianSeconds: middle, worstSeconds: worst)
        }
    }

    private func text(_ report: Report) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}
