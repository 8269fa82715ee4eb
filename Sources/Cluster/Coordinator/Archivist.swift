import Dispatch
import Foundation
import Tensors
import Training

/// Writes digests, checkpoints and pictures on a thread of its own, so that no step waits for a disk.
///
/// Jobs are done in the order in which they come. Each gets a copy of the state, which costs memory only while the
/// original moves on.
final class Archivist: Sendable {
    /// What came of a job.
    enum News: Sendable {
        case saved(path: String, step: Int)
        case pictures([String], epoch: Int)
        case picturesFailed(String)
        /// Nothing that is saved from now on can be trusted to be there.
        case failed(any Error)
    }

    private enum Job: Sendable {
        case record(ModelState)
        case save(Checkpoint)
        case pictures(epoch: Int, ModelState, History)
        case finish(DispatchSemaphore)
    }

    /// What the thread owns.
    private struct Desk {
        let store: CheckpointStore
        var digests: DigestLog
        let samples: String
        let makePictures: () throws -> EpochPictures
        var pictures: EpochPictures?
    }

    private let jobs = JobQueue<Job>()

    /// Starts the thread; `tell` is called on it.
    init(
        _ directory: RunDirectory, digests: DigestLog, program: TrainingProgram, engine: any Engine,
        source: any ExampleSource, tell: @escaping @Sendable (News) -> Void
    ) {
        let thread = Thread { [jobs] in
            var desk = Desk(
                store: directory.checkpoints, digests: digests, samples: directory.samplesPath,
                makePictures: { try EpochPictures(program, engine: engine, source: source) })
            while Self.handle(jobs.take(), &desk, tell) {}
        }
        thread.name = "archivist"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Writes a row of `digests.jsonl`, or compares it with the one that is there.
    func record(_ state: ModelState) {
        jobs.put(.record(state))
    }

    func save(_ checkpoint: Checkpoint) {
        jobs.put(.save(checkpoint))
    }

    func draw(epoch: Int, _ state: ModelState, _ history: History) {
        jobs.put(.pictures(epoch: epoch, state, history))
    }

    /// Does what waits, ends the thread, and returns when it has ended.
    func finish() {
        let done = DispatchSemaphore(value: 0)
        jobs.put(.finish(done))
        done.wait()
    }

    private static func handle(_ job: Job, _ desk: inout Desk, _ tell: (News) -> Void) -> Bool {
        do {
            switch job {
            case .record(let state): try desk.digests.record(state.digest, step: state.step)
            case .save(let checkpoint):
                let path = try desk.store.save(checkpoint.encode(), step: checkpoint.state.step)
                tell(.saved(path: path, step: checkpoint.state.step))
            case .pictures(let epoch, let state, let history): draw(epoch, state, history, &desk, tell)
            case .finish(let done):
                done.signal()
                return false
            }
        } catch {
            tell(.failed(error))
        }
        return true
    }

    /// A run goes on without pictures.
    private static func draw(
        _ epoch: Int, _ state: ModelState, _ history: History, _ desk: inout Desk, _ tell: (News) -> Void
    ) {
        do {
            let pictures = try desk.pictures ?? desk.makePictures()
            desk.pictures = pictures
            tell(.pictures(try pictures.write(epoch: epoch, state, history, to: desk.samples), epoch: epoch))
        } catch {
            tell(.picturesFailed("no pictures of epoch \(epoch): \(error)"))
        }
    }
}
