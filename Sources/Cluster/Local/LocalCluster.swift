import Coordination
import Files
import Foundation
import Logging
import Messaging
import Parallel

/// Runs a coordinator in this process and workers in processes of their own, on sockets that only this user can reach.
///
///     let outcome = try LocalCluster(options, workers: 2, threads: 1).run(reporter: bar, log: log)
public struct LocalCluster {
    private let options: CoordinatorOptions
    private let workers: Int
    private let threads: Int
    private let memory: Int
    private let executable: String
    private let workerArguments: [String]

    /// - Parameters:
    ///   - options: Its `listen` is replaced.
    ///   - memory: The bytes that the run may take in all workers together; each gets the same share.
    ///   - executable: The program whose `worker` subcommand is started; by default, this one.
    ///   - workerArguments: What each worker is told besides its address, threads and name.
    public init(
        _ options: CoordinatorOptions, workers: Int, threads: Int, memory: Int = WorkerOptions.defaultMemoryLimit,
        executable: String = LocalCluster.thisProgram, workerArguments: [String] = []
    ) {
        precondition(workers >= 0 && threads > 0, "a local cluster of \(workers) workers with \(threads) threads")
        self.options = options
        self.workers = workers
        self.threads = threads
        self.memory = memory
        self.executable = executable
        self.workerArguments = workerArguments
    }

    /// The path of the running program.
    public static var thisProgram: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// Trains as `CoordinatorProcess.run()` does; workers that are left over are ended.
    public func run(
        reporter: any RunReporter, log: Logger, interruption: Interruption = .signals
    ) throws -> RunOutcome {
        try OpenFiles.require(64 + 12 * workers)  // pipes and connections
        let folder = try SocketFolder()
        defer { withExtendedLifetime(folder) {} }  // it goes with its object, and that not before the run
        var options = options
        options.listen = folder.address
        options.timing.abandonment = min(options.timing.abandonment, .seconds(120))
        let coordinator = try CoordinatorProcess(options, reporter: reporter, log: log, interruption: interruption)
        if workers == 0, !coordinator.isComplete {
            log.notice("no worker is started; start one with: tributary worker --connect \(folder.address)")
        }
        return try coordinator.run(starting: (0..<workers).map { worker($0 + 1, folder.address) })
    }

    private func worker(_ number: Int, _ address: String) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments(ofWorker: number, address)
        process.environment = Self.cleanEnvironment
        process.standardInput = Pipe()  // it closes with this process, even where a kill -9 ends it
        return process
    }

    func arguments(ofWorker number: Int, _ address: String) -> [String] {
        let share = Double(memory / max(1, workers)) / 1e6
        return [
            "worker", "--connect", address, "--threads", "\(threads)", "--name", "worker-\(number)", "--memory",
            "\(share)M", "--local",
        ] + cores(ofWorker: number).map { "--core=\($0)" } + workerArguments
    }

    /// A core for each of a worker's threads, where all workers' threads take all of them.
    private func cores(ofWorker number: Int) -> ArraySlice<Int> {
        Cores.forThreads(workers * threads).dropFirst((number - 1) * threads).prefix(threads)
    }

    /// Variables that would change how oneDNN computes are left out; each thread computes one microbatch.
    private static var cleanEnvironment: [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("ONEDNN_") && !$0.key.hasPrefix("DNNL_")
        }
        environment["OMP_NUM_THREADS"] = "1"
        return environment
    }
}
