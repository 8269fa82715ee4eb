import Coordination
import Foundation
import Hashing
import Logging
import Synchronization
import Tensors
import Training
import TrainingTestSupport

@testable import Cluster

/// Everything that a run reported and logged.
final class Recorder: RunReporter, Sendable {
    private let events = Mutex<[RunEvent]>([])
    /// Called after each event, on the coordinator's thread.
    private let react: @Sendable (RunEvent) -> Void

    init(_ react: @escaping @Sendable (RunEvent) -> Void = { _ in }) {
        self.react = react
    }

    func report(_ event: RunEvent) {
        events.withLock { $0.append(event) }
        react(event)
    }

    var all: [RunEvent] { events.withLock { $0 } }

    var steps: [StepReport] {
        all.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    var evaluations: [EvaluationReport] {
        all.compactMap { if case .evaluated(let evaluation) = $0 { evaluation } else { nil } }
    }

    var moves: [String] {
        all.compactMap { if case .leaseMoved(let sentence) = $0 { sentence } else { nil } }
    }
}

extension Timing {
    /// By which nobody is late, silent or given up, however long a machine with much to do stands still: for tests of what a cluster does
    /// while nobody is.
    static let patient = {
        var timing = Timing()
        (timing.silence, timing.joining, timing.stall) = (.seconds(1200), .seconds(1200), .seconds(1200))
        (timing.firstDeadline, timing.longestTransfer) = (.seconds(1200), .seconds(1200))
        (timing.shortestDeadline, timing.shortestFirstDeadline) = (.seconds(1200), .seconds(1200))
        timing.patience = .seconds(1200)
        return timing
    }()
}

/// A run whose coordinator and workers are threads of the test's process.
struct TestCluster {
    let folder: String
    var configuration = RunConfiguration.tinyConvolutions
    var source: any ExampleSource = RandomExamples(trainingCount: 100, validationCount: 21)
    var steps = 9
    var resume = false
    var digestEvery: Int? = 1
    var checkpointEvery = Duration.seconds(3_600)
    var engine: any Engine = Interpreter()
    var timing = Timing()
    var audit = 0.0
    var reduction = Reduction.auto
    var evaluateEvery = Cadence.epochs(1)
    /// Where it listens over TCP, without keys, rather than on a socket of its folder.
    var port: UInt16?
    var memoryLimit = WorkerOptions.defaultMemoryLimit

    init() throws {
        folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    var directory: String { folder + "/run" }

    func address(_ name: String = "socket") -> String {
        port.map { "tcp://127.0.0.1:\($0)" } ?? "ipc://\(folder)/\(name)"
    }

    var options: CoordinatorOptions {
        var options = CoordinatorOptions(
            configuration: configuration, configurationText: "", source: source, directory: directory,
            listen: address(), resume: resume, stop: .steps(steps), checkpointEvery: checkpointEvery,
            digestEvery: digestEvery, engine: engine)
        options.timing = timing
        options.audit = audit
        options.reduction = reduction
        options.evaluateEvery = evaluateEvery
        if port != nil { options.security = .insecure }
        return options
    }

    /// Runs with so many workers of so many threads each, to the end.
    func run(
        workers: Int, threads: Int = 1, reporter: Recorder = Recorder(), interruption: Interruption = Interruption()
    ) throws -> RunOutcome {
        let coordinator = try CoordinatorProcess(
            options, reporter: reporter, log: Self.quiet, interruption: interruption)
        let group = (0..<workers).map { _ in BackgroundWorker(self, threads: threads) }
        let outcome = try coordinator.run()
        for worker in group {
            worker.interrupt()  // a short run may be over before every worker found it
            worker.join()
        }
        return outcome
    }

    /// Runs with so many workers until so many steps were computed by all of them, and answers those but the first, whose
    /// round may have begun with fewer. No worker is late.
    func steps(with workers: Int, count: Int) throws -> ArraySlice<StepReport> {
        var cluster = self
        cluster.timing = .patient
        let interruption = Interruption()
        let seen = Mutex(0)
        let recorder = Recorder { event in
            guard case .step(let step) = event, step.workers == workers else { return }
            let number = seen.withLock { seen in
                seen += 1
                return seen
            }
            if number == count { interruption.request("enough") }
        }
        _ = try cluster.run(workers: workers, reporter: recorder, interruption: interruption)
        return recorder.steps.drop { $0.workers < workers }.dropFirst()
    }

    /// The digests that one thread of one process gets, after each step.
    func localDigests() throws -> [String] {
        let program = try TrainingProgram(configuration, source: source)
        var trainer = try LocalTrainer(program, engine: engine, source: source, state: program.initialState())
        return try (1...steps).map { _ in
            _ = try trainer.takeStep()
            return trainer.state.digest.description
        }
    }

    /// The digests in `digests.jsonl`, in order.
    func recordedDigests() throws -> [String] {
        let text = try String(contentsOfFile: directory + "/digests.jsonl", encoding: .utf8)
        return text.split(separator: "\n").compactMap { $0.split(separator: "\"").dropLast().last.map(String.init) }
    }

    static var quiet: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}

/// A worker in a thread.
final class BackgroundWorker: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let interruption = Interruption()
    private let result = Mutex<Result<WorkerOutcome, any Error>?>(nil)

    init(_ cluster: TestCluster, threads: Int = 1) {
        let engine = cluster.engine
        var options = WorkerOptions(connect: cluster.address(), threads: threads) { _ in engine }
        options.timing = cluster.timing
        if cluster.port != nil { options.security = .insecure }
        options.memoryLimit = cluster.memoryLimit
        let thread = Thread { [self, options] in
            let outcome = Result {
                try WorkerProcess(options, log: TestCluster.quiet, interruption: interruption).run()
            }
            result.withLock { $0 = outcome }
            done.signal()
        }
        thread.start()
    }

    /// Asks it to leave politely.
    func interrupt() {
        interruption.request("the test")
    }

    /// Waits until it has ended.
    @discardableResult func join() -> WorkerOutcome? {
        done.wait()
        done.signal()
        return try? result.withLock { try $0?.get() }
    }
}
