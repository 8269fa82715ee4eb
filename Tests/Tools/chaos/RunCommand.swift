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
    @Option(
        help:
            "Who adds gradients and passes parameters on: the coordinator (star), or the workers among themselves (scatter)."
    )
    var reduce = Reduction.star
    @Option(help: "How long the run is disturbed.") var minutes = 2.0
    @Option(name: .customLong("fault-every"), help: "Seconds between faults.") var faultEvery = 10.0
    @Option(help: "Of the schedule: which fault comes when and befalls whom.") var seed: UInt64 = 1
    @Option(parsing: .upToNextOption, help: "Kinds of faults (default: all).") var only: [Fault] = Fault.allCases
    @Option(help: "Where runs and logs go: a directory that does not exist.") var directory: String
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers is from 1 to 64, not \(workers)") }
        guard minutes > 0, minutes <= 10_000 else { throw ValidationError("--minutes is above 0, not \(minutes)") }
        guard faultEvery >= 0.5 else { throw ValidationError("--fault-every is at least 0.5 s, not \(faultEvery)") }
    }

    /// The two runs take turns, so that whatever else slows the machine for a while slows both.
    func run() throws {
        let trial = try Trial(directory, workers: workers, reduce)
        let disturbed = TimedRun(trial, "disturbed", port: trial.port)
        let quiet = TimedRun(trial, "quiet", port: trial.port + 2000)
        let disturbance = Disturbance(disturbed.cluster, disturbed.monitor, trial, only, seed: seed)
        let turns = max(1, Int(minutes / Self.longestTurn))
        for _ in 0..<turns {
            try disturb(disturbed, disturbance, seconds: 60 * minutes / Double(turns))
            try repeatInPeace(quiet, steps: disturbed.newest().state.step)
        }
        let report = try compare(disturbed, quiet, disturbance.events)
        print(json ? try text(report) : "\(report)")
        if !report.digestEqual { throw ExitCode(1) }
    }

    /// Minutes after which the other run has its turn.
    private static let longestTurn = 1.0

    private func disturb(_ run: TimedRun, _ disturbance: Disturbance, seconds: Double) throws {
        try run.start(steps: Disturbance.endless)
        try disturbance.run(until: CommitMonitor.now + seconds, every: faultEvery)
        try run.monitor.waitForCommit(after: CommitMonitor.now, seconds: 20, run.cluster.coordinator!)
        try run.stop(.askedTo)
    }

    private func repeatInPeace(_ run: TimedRun, steps: Int) throws {
        try run.start(steps: steps)
        while let last = run.monitor.commits.last, last.steps < steps, run.cluster.coordinator?.isRunning == true {
            guard CommitMonitor.now < last.time + Self.longestPause else {
                throw Problem("in peace no step was committed for \(Int(Self.longestPause)) s")
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
        try run.stop(.done)
    }

    /// Seconds between two steps, beyond which something hangs.
    private static let longestPause = 60.0

    // MARK: - Comparing

    private func compare(_ disturbed: TimedRun, _ quiet: TimedRun, _ events: [Disturbance.Event]) throws -> Report {
        let (newest, quietNewest) = (try disturbed.newest(), try quiet.newest())
        let steps = newest.state.step
        // A coordinator that died may have been ahead of where the run was ended.
        let rows = try DigestLog.rows(disturbed.paths.digests, neededUpTo: steps).filter { $0.step <= steps }
        let quietRows = try DigestLog.rows(quiet.paths.digests, neededUpTo: steps)
        try checkRows(disturbed, steps)
        let (pace, quietPace) = (Pace(disturbed.monitor.commits), Pace(quiet.monitor.commits))
        let (rate, quietRate) = (pace.rate(disturbed.turns), quietPace.rate(quiet.turns))
        let (digest, quietDigest) = (newest.state.digest.description, quietNewest.state.digest.description)
        return Report(
            seed: seed, workers: workers, faults: costs(of: events, in: disturbed.turns, pace), steps: steps,
            repeatedSteps: pace.repeated, seconds: disturbed.turns.reduce(0) { $0 + $1.length }, stepsPerSecond: rate,
            quietStepsPerSecond: quietRate, throughputKept: rate / quietRate, comparedDigests: rows.count,
            digest: digest, quietDigest: quietDigest, digestEqual: digest == quietDigest && rows == quietRows)
    }

    /// Every step has one row, whatever happened.
    private func checkRows(_ run: TimedRun, _ count: Int) throws {
        let text = try String(contentsOfFile: run.paths.metrics, encoding: .utf8)
        let steps = text.split(separator: "\n").compactMap { MetricsRow(line: $0) }.filter { $0.split == .train }.map(
            \.step)
        guard steps == Array(1..<(count + 1)) else {
            throw Problem("\(run.paths.metrics) does not have one row for each of \(count) steps")
        }
    }

    private func costs(of events: [Disturbance.Event], in turns: [TimedRun.Turn], _ pace: Pace) -> [Report.Kind] {
        Fault.allCases.compactMap { fault in
            let seconds = events.filter { $0.fault == fault }.map { event in
                let end = turns.first { $0.end > event.time }?.end ?? event.time
                return fault.isWorkers
                    ? pace.longestPause(from: event.time, to: min(event.time + faultEvery, end))
                    : pace.nextCommit(after: event.time) ?? .infinity
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
