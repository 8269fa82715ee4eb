import Coordination
import Files
import Foundation
import Logging
import Tensors

/// Runs a coordinator and a worker as threads of this process, on a socket that only this user can reach: a run for programs that start
/// no others.
///
///     let outcome = try InProcessCluster(options, threads: 2) { try OneDNNEngine(numericClass: $0) }.run(reporter: bar)
public struct InProcessCluster: Sendable {
    private let options: CoordinatorOptions
    private let threads: Int
    private let engine: @Sendable (_ numericClass: String) throws -> any Engine

    /// - Parameters:
    ///   - options: Its `listen` is replaced.
    ///   - threads: How many microbatches are computed side by side.
    ///   - engine: Makes the worker's engine, of the numeric class that the run's contract names.
    public init(
        _ options: CoordinatorOptions, threads: Int,
        engine: @escaping @Sendable (_ numericClass: String) throws -> any Engine
    ) {
        precondition(threads > 0, "a worker needs a thread, not \(threads)")
        self.options = options
        self.threads = threads
        self.engine = engine
    }

    /// Trains as `CoordinatorProcess.run()` does; the worker has ended when it returns.
    public func run(reporter: any RunReporter, interruption: Interruption = Interruption()) throws -> RunOutcome {
        let folder = try SocketFolder()
        defer { withExtendedLifetime(folder) {} }  // it goes with its object, and that not before the run
        let quiet = Logger(label: "tributary") { _ in SwiftLogNoOpLogHandler() }
        var options = options
        options.listen = folder.address
        options.timing.abandonment = min(options.timing.abandonment, .seconds(120))
        let coordinator = try CoordinatorProcess(options, reporter: reporter, log: quiet, interruption: interruption)
        guard !coordinator.isComplete else { return try coordinator.run() }
        let workerEnds = Interruption()
        let done = startWorker(folder.address, quiet, workerEnds, tell: coordinator.tellNoMoreWorkers)
        defer {
            workerEnds.request("the end of the run")
            done.wait()
        }
        return try coordinator.run()
    }

    /// Starts the worker's thread; the semaphore is signalled once when it has ended.
    private func startWorker(
        _ address: String, _ log: Logger, _ interruption: Interruption, tell: @escaping @Sendable (String) -> Void
    ) -> DispatchSemaphore {
        var options = WorkerOptions(connect: address, threads: threads, engine: engine)
        options.outlivesCoordinator = false
        let done = DispatchSemaphore(value: 0)
        Thread { [options] in
            do {
                tell(
                    "its worker has ended: \(try WorkerProcess(options, log: log, interruption: interruption).run().sentence)"
                )
            } catch {
                tell("its worker has ended: \(error)")
            }
            done.signal()
        }.start()
        return done
    }
}
