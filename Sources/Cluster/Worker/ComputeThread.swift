import Contract
import Coordination
import Foundation
import Hashing
import Tensors
import Training

/// A thread that computes one leaf at a time.
final class ComputeThread: Sendable {
    /// What it says when a job is over.
    enum News: Sendable {
        /// The graph is compiled; the first thread also says what the probe gives.
        case prepared(probe: String?)
        case unprepared(String)
        case finished(Leaf, thread: Int)
        case failed(String)
    }

    private enum Job: Sendable {
        case prepare(Workshop, probes: Bool)
        case compute(Leaf, Snapshot)
        case end
    }

    private let jobs = JobQueue<Job>()

    /// Starts the thread; `tell` is called on it.
    init(_ index: Int, engine: any Engine, tell: @escaping @Sendable (News) -> Void) {
        let thread = Thread { [jobs] in
            var bench = Bench(thread: index, engine: engine)
            while let news = bench.handle(jobs.take()) { tell(news) }
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

    /// What the thread owns.
    private struct Bench {
        let thread: Int
        let engine: any Engine
        var workshop: Workshop?
        var leafComputer: LeafComputer?
        var evaluationComputer: EvaluationComputer?
        /// What each computer has loaded.
        var leafSnapshot: Snapshot?
        var evaluationSnapshot: Snapshot?

        init(thread: Int, engine: any Engine) {
            self.thread = thread
            self.engine = engine
        }

        /// Does a job; nil ends the thread.
        mutating func handle(_ job: Job) -> News? {
            switch job {
            case .prepare(let workshop, let probes):
                do {
                    return .prepared(probe: try prepare(workshop, probes: probes))
                } catch {
                    return .unprepared("\(error)")
                }
            case .compute(let leaf, let snapshot):
                do {
                    try compute(leaf, snapshot)
                    return .finished(leaf, thread: thread)
                } catch {
                    return .failed("\(error)")
                }
            case .end: return nil
            }
        }

        private mutating func prepare(_ workshop: Workshop, probes: Bool) throws -> String? {
            self.workshop = workshop
            leafComputer = try workshop.program.leafComputer(engine: engine)
            evaluationComputer = nil
            leafSnapshot = nil
            return probes ? try workshop.program.probe(engine: engine).description : nil
        }

        private mutating func compute(_ leaf: Leaf, _ snapshot: Snapshot) throws {
            guard let workshop else { return }
            let partial =
                switch leaf.round.kind {
                case .training: gradient(leaf, snapshot, workshop)
                case .evaluation: try evaluation(leaf, snapshot, workshop)
                }
            workshop.sums.insert(partial, of: leaf)
        }

        private mutating func gradient(_ leaf: Leaf, _ snapshot: Snapshot, _ workshop: Workshop) -> [Float] {
            if leafSnapshot !== snapshot {
                leafComputer?.load(parameters: snapshot.parameters, statistics: snapshot.statistics)
                leafSnapshot = snapshot
            }
            let program = workshop.program
            let microbatch = program.plan.microbatch(
                step: leaf.round.step, shard: leaf.shard, seed: workshop.contract.seed)
            let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .training)
            var partial = [Float](repeating: 0, count: program.layout.partialCount)
            leafComputer?.compute(microbatch, step: leaf.round.step, pixels: pixels, into: &partial)
            return partial
        }

        private mutating func evaluation(
            _ leaf: Leaf, _ snapshot: Snapshot, _ workshop: Workshop
        ) throws -> [Float] {
            let program = workshop.program
            let computer = try evaluationComputer ?? program.evaluationComputer(engine: engine)
            evaluationComputer = computer
            if evaluationSnapshot !== snapshot {
                computer.load(parameters: snapshot.parameters, statistics: snapshot.statistics)
                evaluationSnapshot = snapshot
            }
            var sums = EvaluationSums.zeros
            for index in 0..<program.evaluation.microbatchCount(shard: leaf.shard) {
                let microbatch = program.evaluation.microbatch(index, shard: leaf.shard)
                let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .validation)
                computer.add(microbatch, pixels: pixels, to: &sums)
            }
            return sums
        }
    }
}
