import Contract
import Dispatch
import Files
import Foundation
import Synchronization
import Training

/// Keeps TensorBoard's files of a run up to date, on a thread of its own: about once a second, and at the end.
///
/// Where that fails, training goes on; the user is told once, and what was missed is written when it can be.
public final class Board: Sendable {
    private let bell = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let end = Mutex<End?>(nil)
    /// Evaluations that the thread has not taken yet.
    private let evaluations = Mutex<[Evaluation]>([])

    private struct Evaluation {
        let step: Int
        let latents: LatentUse
    }

    private enum End { case finished, interrupted }

    /// How long the end waits for what is left to be written.
    private static let patience = DispatchTimeInterval.seconds(20)
    /// How many seconds pass between looks at the record.
    private static let pause = DispatchTimeInterval.seconds(1)

    /// Begins to follow the records in a run directory, which are there.
    ///
    /// - Parameters:
    ///   - trainingExamples: The size of the training split, by which epochs are counted.
    ///   - tell: Is told why events are missing, on the thread.
    /// - Throws: `ShardPlanError` for a configuration that the examples cannot be trained with.
    public init(
        _ paths: RunPaths, _ configuration: RunConfiguration, trainingExamples: Int,
        files: any FileSystem = PosixFileSystem(), tell: @escaping @Sendable (String) -> Void
    ) throws {
        let plan = try ShardPlan(
            examples: trainingExamples, shards: configuration.shards, microbatch: configuration.microbatch)
        let thread = Thread { [self] in
            var desk = Desk(
                follower: RecordFollower(paths, configuration, plan: plan, files: files), folder: paths.tensorboard,
                tell: tell)
            while desk.follow(until: wait(), takeEvaluations) {}
            done.signal()
        }
        thread.name = "tensorboard"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Has it shown how the latents are used, as an evaluation of the state after so many steps found it.
    public func note(_ latents: LatentUse, step: Int) {
        evaluations.withLock { $0.append(Evaluation(step: step, latents: latents)) }
    }

    /// Writes what is left and ends the thread; to be called once, when nobody adds to the records any more.
    ///
    /// - Parameter isFinished: Whether all steps are done.
    public func finish(isFinished: Bool) {
        end.withLock { $0 = isFinished ? .finished : .interrupted }
        bell.signal()
        _ = done.wait(timeout: .now() + Self.patience)
    }

    private func takeEvaluations() -> [Evaluation] {
        evaluations.withLock { evaluations in
            defer { evaluations = [] }
            return evaluations
        }
    }

    private func wait() -> End? {
        _ = bell.wait(timeout: .now() + Self.pause)
        return end.withLock { $0 }
    }

    /// What the thread owns.
    private struct Desk {
        var follower: RecordFollower
        let folder: String
        let tell: @Sendable (String) -> Void
        var hasTold = false
        /// Evaluations that are not written yet.
        private var waiting: [Evaluation] = []

        init(follower: RecordFollower, folder: String, tell: @escaping @Sendable (String) -> Void) {
            (self.follower, self.folder, self.tell) = (follower, folder, tell)
        }

        /// Looks at the records, and returns whether to look again.
        mutating func follow(until end: End?, _ evaluations: () -> [Evaluation]) -> Bool {
            do {
                try follower.follow()
                waiting += evaluations()
                while let evaluation = waiting.first {
                    try follower.add(evaluation.latents, step: evaluation.step)
                    waiting.removeFirst()
                }
                if case .finished = end { try follower.finish() }
            } catch {
                if !hasTold {
                    tell("TensorBoard's files in \(folder) lack what is new, and training goes on: \(error)")
                }
                hasTold = true
            }
            return end == nil
        }
    }
}
