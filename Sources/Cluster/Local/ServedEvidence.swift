import Contract
import Coordination
import Files
import Foundation
import Logging
import Synchronization
import Tensors
import Training

/// Estimates −ln p(x) of a split's images on workers that connect: one evaluation, under a contract of its own, which a coordinator hands out as it
/// would a run's. What is found of each image is what one process finds of it, whoever computes.
///
///     let estimate = try ServedEvidence(program, evidence, of: source, in: .valid, engine: engine)
///         .estimate(state, .average, listen: "tcp://0.0.0.0:7077", security, reporter: lines, log: log)
public struct ServedEvidence {
    private let program: TrainingProgram
    private let source: JudgedSplit
    private let engine: any Engine

    /// - Parameter program: The model's; its `estimating(_:ofImages:)` is what is computed.
    /// - Throws: `ConfigurationProblem` where the model gives images no likelihood.
    public init(
        _ program: TrainingProgram, _ evidence: EvidenceSettings, of source: any ExampleSource,
        in split: Training.Split,
        engine: any Engine
    ) throws {
        self.program = try program.estimating(evidence, ofImages: source.count(split))
        self.source = JudgedSplit(source, split, trainingCount: self.program.plan.examples)
        self.engine = engine
    }

    /// Waits for workers and lets them compute.
    ///
    /// - Returns: Nil where somebody interrupted it.
    /// - Throws: One sentence about the address, the keys, the data or the disk, or that no worker came for an hour.
    public func estimate(
        _ state: ModelState, _ weights: Weights, listen: String, _ security: LinkSecurity<CoordinatorKeys>,
        reporter: any RunReporter, log: Logger, interruption: Interruption = .signals
    ) throws -> EvidenceEstimate? {
        // It goes with its object, or by the next evaluation where this process is killed.
        let folder = try UnfinishedFolder(Self.freeName())
        defer { withExtendedLifetime(folder) {} }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.temporaryPath)
        let directory = "\(folder.temporaryPath)/run"
        let state = program.stateToJudge(state, weights)
        try begin(with: state, in: directory)
        var options = CoordinatorOptions(
            configuration: program.configuration, configurationText: "", source: source, directory: directory,
            listen: listen, resume: true, stop: .steps(state.step), engine: engine)
        options.security = security
        options.farewell = "all images are evaluated"
        // A part takes as long as its samples, and nobody knows how long before the first is done.
        options.timing.firstDeadline = .seconds(3600)
        let keeper = EvidenceKeeper(reporter)
        do {
            _ = try CoordinatorProcess(options, reporter: keeper, log: log, interruption: interruption).run()
        } catch is RunAbandoned {
            throw NothingEstimated()
        }
        return keeper.evidence
    }

    /// A name that is not taken. Its temporary one is ours: what a killed evaluation left there is removed.
    private static func freeName() -> String {
        let name = "\(FileManager.default.temporaryDirectory.path)/tributary-evaluation"
        let names = [name] + (2...1000).map { "\(name)-\($0)" }
        return names.first { FileStatus(atLink: $0) == nil } ?? name
    }

    /// Writes the state as that of a run that has only its last evaluation to do.
    private func begin(with state: ModelState, in directory: String) throws {
        let contract = try program.contract(engine: engine, dataFingerprint: program.fingerprint(of: source))
        var generator = SystemRandomNumberGenerator()
        let checkpoint = Checkpoint(
            contract: contract, run: RunIdentifier(from: &generator).description, state: state, history: History())
        let run = try RunDirectory(directory, resume: false)
        _ = try run.checkpoints.save(checkpoint.encode(), step: state.step)
    }
}

/// An evaluation that no worker computed.
private struct NothingEstimated: Error, CustomStringConvertible {
    var description: String { "nothing was estimated, since no worker was here for an hour: start some, and ask again" }
}

/// A split that is judged, as the held-out one of a dataset on which nobody trains.
private struct JudgedSplit: ExampleSource {
    private let source: any ExampleSource
    private let split: Training.Split
    /// As many as a contract needs; no step takes them.
    private let trainingCount: Int

    init(_ source: any ExampleSource, _ split: Training.Split, trainingCount: Int) {
        (self.source, self.split, self.trainingCount) = (source, split, trainingCount)
    }

    var channels: Int { source.channels }
    var height: Int { source.height }
    var width: Int { source.width }
    var fingerprint: String { source.fingerprint }

    func count(_ split: Training.Split) -> Int { split == .valid ? source.count(self.split) : trainingCount }

    func pixels(of rows: [Int], in split: Training.Split) throws -> [UInt8] {
        try source.pixels(of: rows.map(place), in: self.split)
    }

    func labels(of rows: [Int], in split: Training.Split) throws -> [Int?] {
        try source.labels(of: rows.map(place), in: self.split)
    }

    private func place(_ row: Int) -> Int { row % source.count(split) }
}

/// Keeps what the evaluation finds, and tells another reporter of all else.
private final class EvidenceKeeper: RunReporter {
    private let other: any RunReporter
    private let found = Mutex<EvidenceEstimate?>(nil)

    init(_ other: any RunReporter) { self.other = other }

    var evidence: EvidenceEstimate? { found.withLock(\.self) }

    func report(_ event: RunEvent) {
        if case .evaluated(let report) = event { found.withLock { $0 = report.evidence } }
        other.report(event)
    }
}
