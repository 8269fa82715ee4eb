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
        /// A chunk of the sum of the leaf's node is final, and the leaf is the last.
        case chunkReady(Leaf, chunk: Int)
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
    init(_ index: Int, tell: @escaping @Sendable (News) -> Void) {
        let thread = Thread { [jobs] in
            var bench = Bench(thread: index, tell: tell)
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
        let tell: @Sendable (News) -> Void
        var workshop: Workshop?
        var leafComputer: LeafComputer?
        var evaluationComputer: EvaluationComputer?
        /// What each computer has loaded.
        var leafSnapshot: Int?
        var evaluationSnapshot: Int?

        init(thread: Int, tell: @escaping @Sendable (News) -> Void) {
            self.thread = thread
            self.tell = tell
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
            let computer = try workshop.program.leafComputer(engine: workshop.engine)
            leafComputer = computer
            evaluationComputer = nil
            (leafSnapshot, evaluationSnapshot) = (nil, nil)
            return probes ? workshop.program.probe(on: computer).description : nil
        }

        private mutating func compute(_ leaf: Leaf, _ snapshot: Snapshot) throws {
            guard let workshop else { return }
            try load(snapshot, for: leaf.round.kind, workshop)
            workshop.sums.add(leaf, whenReady: { [tell] in tell(.chunkReady(leaf, chunk: $0)) }) { partial, whenFinal in
                switch leaf.round.kind {
                case .training: gradient(leaf, workshop, into: &partial, whenFinal)
                case .evaluation: evaluation(leaf, workshop, into: &partial, whenFinal)
                }
            }
        }

        private mutating func load(_ snapshot: Snapshot, for kind: Round.Kind, _ workshop: Workshop) throws {
            switch kind {
            case .training where leafSnapshot != snapshot.number:
                leafComputer?.load(parameters: snapshot.parameters, statistics: snapshot.statistics)
                leafSnapshot = snapshot.number
            case .evaluation where evaluationSnapshot != snapshot.number:
                let computer =
                    try evaluationComputer ?? workshop.program.evaluationComputer(engine: workshop.engine)
                computer.load(parameters: snapshot.parameters, statistics: snapshot.statistics)
                evaluationComputer = computer
                evaluationSnapshot = snapshot.number
            case .training, .evaluation: break
            }
        }

        private func gradient(
            _ leaf: Leaf, _ workshop: Workshop, into partial: inout [Float],
            _ whenFinal: (Range<Int>, Span<Float>) -> Void
        ) {
            let microbatch = workshop.program.plan.microbatch(
                step: leaf.round.step, shard: leaf.shard, seed: workshop.contract.seed)
            let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .training)
            leafComputer?.compute(
                microbatch, step: leaf.round.step, pixels: pixels, into: &partial, whenReady: whenFinal)
        }

        private func evaluation(
            _ leaf: Leaf, _ workshop: Workshop, into sums: inout [Float],
            _ whenFinal: (Range<Int>, Span<Float>) -> Void
        ) {
            let plan = workshop.program.evaluation
            sums = EvaluationSums.zeros
            for index in 0..<plan.microbatchCount(shard: leaf.shard) {
                let microbatch = plan.microbatch(index, shard: leaf.shard)
                let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .validation)
                evaluationComputer?.add(microbatch, pixels: pixels, to: &sums)
            }
            whenFinal(0..<sums.count, sums.span)
        }
    }
}
