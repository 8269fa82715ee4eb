import Coordination
import Foundation
import Parallel

/// A thread that computes one leaf at a time.
final class ComputeThread: Sendable {
    /// What it says when a job is over.
    enum News: Sendable {
        /// The workshop's graph is compiled; the first thread also says what the probe gives.
        case prepared(Workshop, probe: String?)
        case unprepared(Workshop, String)
        /// Chunks of the sum of the leaf's node are final, and the leaf is the last.
        case chunksReady(Leaf, [Int])
        /// The leaf's parameters were written over while they were read.
        case overwritten(Leaf, thread: Int)
        case finished(Leaf, thread: Int)
        case failed(String)
    }

    enum Job: Sendable {
        case prepare(Workshop, probes: Bool)
        case compute(Leaf, Snapshot)
        case end
    }

    private let jobs = JobQueue<Job>()

    /// Starts the thread; `tell` is called on it.
    ///
    /// - Parameters:
    ///   - core: Where it stays, if not where the system places it.
    ///   - recorder: Notes what the thread does, where somebody wants to know.
    init(_ index: Int, core: Int? = nil, _ recorder: SpanRecorder, tell: @escaping @Sendable (News) -> Void) {
        let thread = Thread { [jobs] in
            if let core { Cores.stay(on: core) }
            var bench = ComputeBench(thread: index, recorder, tell: tell)
            while let news = bench.handle(jobs.take()) {
                tell(news)
                bench.lookAhead()
            }
        }
        thread.name = "compute-\(index)"
        thread.stackSize = 8 << 20
        thread.start()
    }

    func prepare(_ workshop: Workshop, probes: Bool) {
        jobs.put(.prepare(workshop, probes: probes))
    }

    func compute(_ leaf: Leaf, _ snapshot: Snapshot) {
        jobs.put(.compute(leaf, snapshot))
    }

    /// Ends the thread once it has done what waits.
    func end() {
        jobs.put(.end)
    }
}
