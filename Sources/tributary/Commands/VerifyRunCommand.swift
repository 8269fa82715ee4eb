import ArgumentParser
import ConfigurationFiles
import Foundation
import OneDNN
import Training
import Tributary

/// `tributary verify-run`: the proof that a run's record is what its contract computes.
struct VerifyRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-run",
        abstract: "Computes steps of a run again, and compares with the digests that it recorded.",
        discussion: """
            Example:
              tributary verify-run runs/faces --steps 600..630 --data faces.h5

            Begins at the newest checkpoint that verifies at or before the first step, or before the first step where there is none, and \
            computes in one thread what a cluster computed. Exits with 0 if every row of digests.jsonl in the range is equal, with 2 if \
            one differs, and with 1 if nothing could be compared.
            """)

    @Argument(help: "The run directory.", completion: .directory) var directory: String
    @Option(help: "Which rows of digests.jsonl, such as 600..630.", transform: Readings.steps) var steps: StepRange
    @Option(help: "The image file that the run was trained on.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Flag(help: "Print JSON.") var json = false

    /// What the command exits with where a digest differs.
    private static let differs = ExitCode(2)

    func run() throws {
        try RunPaths(directory).requireRun()
        var verification = try RunVerification(
            directory, steps: steps.range, source: DatasetSource(data, reading.added(to: known())),
            check: ForeignFile.checkpoint.requireSafe,
            engine: { try OneDNNEngine(numericClass: $0) })
        for skipped in verification.skipped { Terminal.standardError.line("\(skipped)") }
        let start = verification.checkpoint ?? "the state before the first step, as no older checkpoint is whole"
        Terminal.standardError.line("run \(verification.run.prefix(8)): computing on from \(start)")
        let verdict = try verify(&verification)
        let report = RunVerificationReport(verification, steps, verdict)
        try output(json ? try jsonText(report) : report.description)
        if !report.equal { throw Self.differs }
    }

    /// How the run's contract says that its data is read.
    private func known() throws -> DataDescription? {
        let store = CheckpointStore(
            directory: RunPaths(directory).checkpoints, check: ForeignFile.checkpoint.requireSafe)
        return try store.newest().flatMap { try RunConfiguration($0.checkpoint.contract).data }
    }

    private func verify(_ verification: inout RunVerification) throws -> RunVerification.Verdict {
        var ticker = Ticker()
        defer { Terminal.standardError.status("") }
        return try verification.run { progress in
            ticker.show("computing step \(progress.step) of \(progress.lastStep)" + Self.comparison(progress.equal))
        }
    }
}

extension VerifyRun {
    /// Nothing before the first recorded digest is reached.
    fileprivate static func comparison(_ equal: Int) -> String {
        switch equal {
        case 0: ""
        case 1: ": 1 digest is equal"
        default: ": \(equal) digests are equal"
        }
    }
}

/// Steps as `A..B`.
struct StepRange: ExpressibleByArgument {
    let range: ClosedRange<Int>

    init?(argument: String) {
        let ends = argument.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, first <= last else { return nil }
        range = first...last
    }
}

/// What `verify-run` prints.
private struct RunVerificationReport: Encodable, CustomStringConvertible {
    let run: String
    let firstStep: Int
    let lastStep: Int
    /// Where computing began: a path, or nil for the state before step 0.
    let checkpoint: String?
    let computedFrom: Int
    let equalDigests: Int
    let equal: Bool
    let difference: Difference?

    struct Difference: Encodable {
        let step: Int
        let recorded: String
        let computed: String
    }

    init(_ verification: RunVerification, _ steps: StepRange, _ verdict: RunVerification.Verdict) {
        run = verification.run
        firstStep = steps.range.lowerBound
        // No more than was compared.
        lastStep = min(steps.range.upperBound, verdict.lastStep)
        checkpoint = verification.checkpoint
        computedFrom = verification.firstStep
        equalDigests = verdict.equal
        equal = verdict.difference == nil
        difference = verdict.difference.map {
            Difference(step: $0.step, recorded: $0.recorded, computed: $0.computed)
        }
    }

    var description: String {
        let range = "steps \(firstStep)..\(lastStep) of run \(run.prefix(8))"
        let rows = equalDigests == 1 ? "the 1 recorded digest" : "all \(equalDigests) recorded digests"
        guard let difference else {
            return "\(range): \(rows) came out equal, computed from step \(computedFrom)"
        }
        return """
            \(range): step \(difference.step) differs
            recorded  \(difference.recorded)
            computed  \(difference.computed)
            A machine computed wrongly, or digests.jsonl or a checkpoint was changed. Of the digests before it \(equalDigests) came out equal.
            """
    }
}
