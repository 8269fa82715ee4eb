import Cluster
import ConfigurationFiles
import Files
import Foundation
import OneDNN
import Training

/// A training and the directory that it lives in: checkpoints, pictures, metrics, as `tributary train` writes them.
///
///     let outcome = try await Run("runs/faces").train(configuration, on: faces)
///
/// Every command takes that directory, and `Model` reads it.
public struct Run: Sendable {
    public let directory: String

    public init(_ directory: String) { self.directory = directory }

    /// Trains in this process, with a thread for each of `threads` microbatches that are computed side by side.
    ///
    /// The bits are those of `tributary train` with the same configuration and data, and of any cluster. Where the task is cancelled the
    /// run is saved, and `resume` goes on from there.
    ///
    /// - Parameters:
    ///   - configuration: What is trained, and for how many epochs.
    ///   - data: The images; of a run that goes on, the same ones.
    ///   - resume: Whether to go on from the newest checkpoint, where there is one; a directory that holds a run is refused otherwise.
    ///   - threads: By default, one for each core that this process may use. Fixes no bits.
    ///   - report: Told what happens, on the run's own thread. It must not take long.
    /// - Returns: The last step, the SHA-256 of the state after it, and why training ended.
    /// - Throws: One sentence: the directory is in use or not empty, the data does not fit, training diverged.
    @discardableResult
    public func train(
        _ configuration: Configuration, on data: Dataset, resume: Bool = false, threads: Int = Machine.cores,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> RunOutcome {
        let options = CoordinatorOptions(
            configuration: configuration, configurationText: try YAML.text(configuration.node), source: data,
            directory: directory, listen: "", resume: resume, stop: .epochs(configuration.epochs),
            engine: try OneDNNEngine(precision: configuration.precision))
        let cluster = InProcessCluster(options, threads: threads) { try OneDNNEngine(numericClass: $0) }
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await Self.onItsOwnThread {
                try cluster.run(reporter: Reporter(report: report), interruption: interruption)
            }
        } onCancel: {
            interruption.request("the cancellation of its task")
        }
    }

    /// Work that blocks has no place on the threads that tasks share.
    private static func onItsOwnThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result(catching: work)) }.start()
        }
    }
}

/// A closure that is told what happens in a run.
private struct Reporter: RunReporter {
    let report: @Sendable (RunEvent) -> Void

    func report(_ event: RunEvent) { report(event) }
}
