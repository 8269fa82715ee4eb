import ArgumentParser
import Cluster
import ConfigurationFiles
import Contract
import Coordination
import Files
import Foundation
import Glibc
import Logging
import OneDNN
import Training
import Tributary

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains on this machine: a coordinator and worker processes.",
        discussion: """
            Example:
              tributary train --preset face-64 --data faces.h5 --out runs/faces \\
                --workers 2 --epochs 5

            Ctrl-C saves; with --resume the run goes on, and needs no --preset then:
              tributary train --resume --data faces.h5 --out runs/faces --epochs 10

            Progress goes to standard error, the result to standard \
            output.

            \(ExitCode.ofRuns)
            """)

    @OptionGroup var options: RunOptions
    @Option(help: "Worker processes (default: one per core that they may use).") var workers: Int?
    @Option(help: "Threads of each worker: microbatches computed side by side.") var threads = 1
    @Option(
        help:
            "The most memory that all workers together may take, such as 8G (default: three quarters of the machine's, or of the container's).",
        transform: Readings.memory)
    var memory: ByteCount?
    @Flag(help: "Print first how long each part of a microbatch takes.") var profile = false

    func validate() throws {
        if let workers, !(0...1024).contains(workers) {
            throw ValidationError("--workers is from 0 to 1024, not \(workers)")
        }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is from 1 to 1024, not \(threads)") }
    }

    func run() throws {
        try options.messages.begin(besides: options.inputs)
        let stored = try options.storedRun()
        let configuration = try options.configuration(of: stored)
        let engine = try options.engine(for: configuration)
        let coordinator = try options.coordinatorOptions(configuration, of: stored, listen: "", engine: engine)
        if profile { try printProfile(of: coordinator.configuration, engine: engine) }
        let cores = Machine.cores
        try options.finish(coordinator) { coordinator, reporters in
            let cluster = LocalCluster(
                coordinator, workers: workers ?? max(1, cores / threads), threads: threads,
                memory: memory?.bytes ?? WorkerOptions.defaultMemoryLimit,
                workerArguments: ["--log-format", options.messages.formatting.format.rawValue])
            return try cluster.run(reporter: reporters, log: TerminalLog.logger("tributary"))
        }
    }
}

struct Coordinate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Coordinates workers that connect by themselves.",
        discussion: """
            Example, with a worker in another terminal:
              tributary keys new keys
              tributary coordinator --preset face-64 --data faces.h5 --out runs/faces \\
                --listen tcp://0.0.0.0:7077 --keys keys
              tributary worker --connect tcp://127.0.0.1:7077 --keys keys/workers/local

            Control messages use PORT, gradients and parameters PORT + 1. Both are encrypted; `tributary keys` says how \
            workers on other machines join.

            \(ExitCode.ofRuns)
            """)

    @OptionGroup var options: RunOptions
    @Option(help: "Where workers connect: tcp://ADDRESS:PORT, such as tcp://0.0.0.0:7077 for all, or ipc://PATH.")
    var listen: String
    @OptionGroup var security: SecurityOptions
    @Option(
        help:
            "Who adds gradients and passes on parameters: the coordinator (star), the workers among themselves (scatter), the same in two levels (groups), or the workers where they are on several hosts, in groups where they are many (auto). It changes no bit."
    )
    var reduce = Reduction.auto
    @Option(
        help: "How long to wait where there is no worker, such as 12h (default: 1h); then the run is saved and ends.",
        transform: Readings.interval)
    var wait: Interval?

    func run() throws { try run(starting: []) }

    /// - Parameter workers: Processes that compute for it, not started yet.
    func run(starting workers: [Process]) throws {
        try options.messages.begin(besides: options.inputs)
        let security = try security.coordinator()
        let stored = try options.storedRun()
        let configuration = try options.configuration(of: stored)
        var coordinatorOptions = try options.coordinatorOptions(
            configuration, of: stored, listen: listen, engine: options.engine(for: configuration))
        coordinatorOptions.security = security
        coordinatorOptions.reduction = reduce
        if let wait { coordinatorOptions.timing.abandonment = .seconds(wait.seconds) }
        try options.finish(coordinatorOptions) { options, reporters in
            try CoordinatorProcess(options, reporter: reporters, log: TerminalLog.logger("coordinator"))
                .run(starting: workers)
        }
    }
}

struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Computes for a coordinator until the run is done.",
        discussion: """
            Example:
              tributary worker --connect tcp://127.0.0.1:7077 \\
                --keys keys/workers/local --threads 2

            A worker needs no data and no configuration: its coordinator sends both. It may join late and leave early. When \
            its coordinator is interrupted it looks for the next one at the same address.

            \(ExitCode.ofWorkers)
            """)

    @Option(help: "The coordinator's address; a running coordinator keeps it in DIR/address.") var connect: String
    @Option(help: "Microbatches computed side by side (default: one per core that it may use).") var threads: Int?
    @Option(help: "A name for the logs, where keys do not give one (default: the coordinator chooses one).") var name =
        ""
    @OptionGroup var security: SecurityOptions
    @Option(help: "The port where other workers reach this one (default: one that the system chooses).")
    var peerPort: UInt16?
    @Option(
        help:
            "HOST:PORT where other workers reach this one, where that is not the address that the coordinator sees: behind a router, say.",
        transform: Readings.address)
    var advertise: String?
    @OptionGroup var formatting: LogFormatOption
    @Option(
        help:
            "The most memory that a run may take here, such as 8G (default: three quarters of the machine's, or of the container's).",
        transform: Readings.memory)
    var memory: ByteCount?
    @Option(
        help:
            "How long to look for a coordinator, also after one that was interrupted, such as 10m (default: 300s; 20s at an ipc:// address).",
        transform: Readings.interval)
    var wait: Interval?
    /// Of a worker that `train` starts: it ends when `train` does, and leaves the talking to it.
    @Flag(help: .hidden) var local = false
    /// The cores that `train` gives its threads, if it gives them any.
    @Option(help: .hidden) var core: [Int] = []

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is from 1 to 1024, not \(threads)")
        }
        guard core.isEmpty || core.count == threads else {
            throw ValidationError("--core is given once for each of --threads, or not at all")
        }
    }

    func run() throws {
        Messages.begin(formatting.format)
        let threads = threads ?? Machine.cores
        var options = WorkerOptions(connect: connect, threads: threads, name: name) {
            try OneDNNEngine(numericClass: $0)
        }
        options.security = try security.worker()
        (options.door.port, options.door.advertised) = (peerPort ?? 0, advertise)
        options.memoryLimit = memory?.bytes ?? options.memoryLimit
        if let wait { options.timing.patience = .seconds(wait.seconds) }
        let label = name.isEmpty ? "worker" : name
        if local || !core.isEmpty { options.cores = core }
        if local {
            Interruption.signals.comesWithEndOfInput("the end of the process that started it")
            options.endWithCoordinator()
        }
        var log = TerminalLog.logger(label)
        if local { log.logLevel = .warning } else { ServiceManager.ofThisProcess?.watch(&options, &log) }
        let outcome = try WorkerProcess(options, log: log).run()
        let failed = [.failed, .refused].contains(outcome.end)
        if failed || !local {
            Terminal.standardError.show(
                LogRecord(level: failed ? .error : .info, source: label, message: outcome.sentence, urgency: ""),
                isProgress: false)
        }
        let code: ExitCode =
            switch outcome.end {
            case .finished: .success
            case .left: ExitCode(interruptedBy: Interruption.signals.reason ?? "")
            case .failed: ExitCode(1)
            case .refused: .refused
            }
        // Threads may still build what a run needs that is over, and an orderly end would take their libraries down under them.
        _exit(code.rawValue)
    }
}

extension Reduction: ExpressibleByArgument {}

extension RunOptions {
    func coordinatorOptions(
        _ configuration: RunConfiguration, of run: StoredRun?, listen: String, engine: OneDNNEngine
    ) throws -> CoordinatorOptions {
        let source = try DatasetSource(data, configuration.data, beside: out)
        for line in source.notes { Terminal.standardError.line(line, isProgress: true) }
        try run?.require(source, file: data)
        if let doubt = try configuration.doubt(about: source) { Terminal.standardError.line("warning: \(doubt)") }
        var coordinator = CoordinatorOptions(
            configuration: configuration, configurationText: try YAML.text(configuration.node),
            source: source, directory: out, listen: listen, resume: resume,
            stop: steps.map { .steps($0) } ?? .epochs(configuration.epochs),
            checkpointEvery: .seconds(checkpointEvery.seconds), digestEvery: digestEvery, engine: engine)
        cadence.apply(to: &coordinator)
        coordinator.audit = audit
        coordinator.requiresEngine = instructionSet != nil
        coordinator.checkpointCheck = ForeignFile.checkpoint.requireSafe
        return coordinator
    }

    /// Runs, says how it ended, and exits as a shell expects of an interrupted program.
    func finish(_ options: CoordinatorOptions, _ run: (CoordinatorOptions, Reporters) throws -> RunOutcome) throws {
        let (progress, board) = (ProgressReporter(), BoardReporter(options))
        let page = try explore.map { try RunPage(options, port: $0) }
        let others: [(any RunReporter)?] = [page?.recorder, ServiceManager.ofThisProcess.map { ServiceReporter($0) }]
        var options = options
        options.trace = try trace.trace(besides: inputs, resumes: resume)
        let metrics = try metricsPort.map { try MetricsPage($0, options.lookout) }
        let ending = Result {
            try run(options, Reporters(all: [progress, board] + others.compactMap(\.self)))
        }
        options.trace?.finish()
        page?.end()
        metrics?.end()
        board.finish(try? ending.get())
        progress.finish()
        let outcome = try located { try ending.get() }
        let result = RunResult(outcome)
        // Ctrl-C may have ended whoever reads the result, too.
        let printed = Result { try output(json ? try jsonText(result) : result.description) }
        guard case .interrupted(let reason) = outcome.reason else { return try printed.get() }
        Terminal.standardError.line(
            "interrupted by \(reason); everything is saved. Go on with the same command and --resume.")
        throw ExitCode(interruptedBy: reason)
    }

    /// Says in which line of a configuration file a problem is that showed once the images were known.
    private func located<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let problem as ConfigurationProblem {
            throw config.map { ConfigurationSource.located(problem, inFile: $0) } ?? problem
        }
    }
}

/// What a finished run prints.
private struct RunResult: Encodable, CustomStringConvertible {
    let completed: Bool
    let step: Int
    let digest: String
    let checkpoint: String

    init(_ outcome: RunOutcome) {
        completed = outcome.reason == .completed
        step = outcome.step
        digest = outcome.digest
        checkpoint = outcome.checkpoint
    }

    var description: String {
        "step        \(step)\ndigest      \(digest)\ncheckpoint  \(checkpoint)"
    }
}
