import Dispatch
import Foundation
import Synchronization
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
        case pictures([String], PictureMoment)
        case picturesFailed(String)
        /// Nothing that is saved from now on can be trusted to be there.
        case failed(any Error)
    }

    private enum Job: Sendable {
        case record(ModelState)
        case save(Checkpoint)
        case saveBest(Place)
        case draw
        case finish(DispatchSemaphore)
    }

    /// What the thread owns.
    private struct Desk {
        var records: RunRecords
        let samples: String
        let makePictures: () -> EpochPictures
        var pictures: EpochPictures?
        /// Whether a row or a checkpoint failed. A state that contradicts the digests must not become the newest checkpoint.
        var hasFailed = false
    }

    /// What pictures are drawn of.
    private struct Scene: Sendable {
        let moment: PictureMoment
        let state: ModelState
        let history: History
    }

    private let jobs = JobQueue<Job>()
    private let isFinished = Mutex(false)
    /// Where the best checkpoint waits that nothing was saved after.
    private let bestPlace = Mutex<Place?>(nil)
    /// The newest scene that is not drawn yet.
    private let scene = Mutex<Scene?>(nil)

    /// Starts the thread; `tell` is called on it.
    init(
        _ records: RunRecords, samples: String, program: TrainingProgram, engine: any Engine, originals: [UInt8],
        tell: @escaping @Sendable (News) -> Void
    ) {
        let thread = Thread { [self] in
            var desk = Desk(
                records: records, samples: samples,
                makePictures: { EpochPictures(program, engine: engine, originals: originals) })
            while handle(jobs.take(), &desk, tell) {}
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
        bestPlace.withLock { $0 = nil }
        jobs.put(.save(checkpoint))
    }

    /// Saves a checkpoint as the best one. Where the one before it still waits, and no other was saved since, it takes its place.
    func saveBest(_ checkpoint: Checkpoint) {
        let place = Place(checkpoint)
        let isTaken = bestPlace.withLock { waiting in
            if waiting?.replace(checkpoint) == true { return true }
            waiting = place
            return false
        }
        if !isTaken { jobs.put(.saveBest(place)) }
    }

    /// A checkpoint that waits for its turn, and may be replaced until then.
    private final class Place: Sendable {
        private let checkpoint: Mutex<Checkpoint?>

        init(_ checkpoint: Checkpoint) { self.checkpoint = Mutex(checkpoint) }

        /// Whether it was in time.
        func replace(_ other: Checkpoint) -> Bool {
            checkpoint.withLock { checkpoint in
                guard checkpoint != nil else { return false }
                checkpoint = other
                return true
            }
        }

        func take() -> Checkpoint? { checkpoint.withLock { $0.take() } }
    }

    /// Draws a state. Where another comes before that one was begun, that one goes without; the last never does.
    func draw(_ moment: PictureMoment, _ state: ModelState, _ history: History) {
        let isWaiting = scene.withLock { scene in
            defer { scene = Scene(moment: moment, state: state, history: history) }
            return scene != nil
        }
        if !isWaiting { jobs.put(.draw) }
    }

    /// Does what waits, ends the thread, and returns when it has ended.
    func finish() {
        let isOver = isFinished.withLock { isFinished in
            defer { isFinished = true }
            return isFinished
        }
        if isOver { return }
        let done = DispatchSemaphore(value: 0)
        jobs.put(.finish(done))
        done.wait()
    }

    private func handle(_ job: Job, _ desk: inout Desk, _ tell: (News) -> Void) -> Bool {
        do {
            switch job {
            case .record where desk.hasFailed, .save where desk.hasFailed, .saveBest where desk.hasFailed: break
            case .record(let state): try desk.records.record(state)
            case .save(let checkpoint):
                tell(.saved(path: try desk.records.save(checkpoint), step: checkpoint.state.step))
            case .saveBest(let place): if let checkpoint = place.take() { try desk.records.saveBest(checkpoint) }
            case .draw: drawNewest(&desk, tell)
            case .finish(let done):
                done.signal()
                return false
            }
        } catch {
            desk.hasFailed = true
            tell(.failed(error))
        }
        return true
    }

    /// A run goes on without pictures.
    private func drawNewest(_ desk: inout Desk, _ tell: (News) -> Void) {
        let newest = scene.withLock { scene in
            defer { scene = nil }
            return scene
        }
        guard let newest else { return }
        do {
            let pictures = desk.pictures ?? desk.makePictures()
            desk.pictures = pictures
            let paths = try pictures.write(newest.moment, newest.state, newest.history, to: desk.samples)
            tell(.pictures(paths, newest.moment))
        } catch {
            tell(.picturesFailed("no pictures of \(newest.moment): \(error)"))
        }
    }
}
