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
        /// Chunks of the sum of the leaf's node are final, and the leaf is the last.
        case chunksReady(Leaf, [Int])
        /// The leaf's parameters were written over while they were read.
        case overwritten(Leaf, thread: Int)
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
                    guard try compute(leaf, snapshot) else { return .overwritten(leaf, thread: thread) }
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

        /// Answers false where the parameters were written over while they were read. What was told of the sum by then is right.
        private mutating func compute(_ leaf: Leaf, _ snapshot: Snapshot) throws -> Bool {
            guard let workshop else { return true }
            if leafSnapshot != snapshot.number { giveWay() }
            try load(snapshot, for: leaf.round.kind, workshop)
            guard snapshot.isIntact else { return false }
            var ready = ReadyChunks(leaf, tell: tell)
            // A sum of which the last chunk was told is right, whatever happens then.
            var lastWasTold: Bool?
            let tellOf = { chunk in
                lastWasTold = snapshot.isIntact
                if lastWasTold == true { ready.add(chunk) }
            }
            return workshop.sums.add(leaf, whenReady: tellOf) { partial, whenFinal in
                switch leaf.round.kind {
                case .training: gradient(leaf, workshop, into: &partial, whenFinal)
                case .evaluation: evaluation(leaf, workshop, into: &partial, whenFinal)
                }
                return lastWasTold ?? snapshot.isIntact
            }
        }

        /// Lets whoever waits for this core go first, once a step.
        ///
        /// A message that arrives wakes one thread after the other, up to this one, all on the core where it arrived. Linux (6.18) may
        /// leave the one that still has the next worker's message waiting there, beside an idle core, until this one has computed:
        /// `mlp` trained a tenth fewer images without this line. Beside a busy process on each core it trains 9 % fewer with it.
        private func giveWay() {
            sched_yield()
        }

        private mutating func load(_ snapshot: Snapshot, for kind: Round.Kind, _ workshop: Workshop) throws {
            switch kind {
            case .training where leafSnapshot != snapshot.number:
                leafComputer?.load(snapshot)
                leafSnapshot = snapshot.number
            case .evaluation where evaluationSnapshot != snapshot.number:
                let computer =
                    try evaluationComputer ?? workshop.program.evaluationComputer(engine: workshop.engine)
                evaluationComputer = computer
                computer.load(snapshot)
                evaluationSnapshot = snapshot.number
            case .training, .evaluation: break
            }
        }

        private func gradient(
            _ leaf: Leaf, _ workshop: Workshop, into partial: inout MutableSpan<Float>,
            _ whenFinal: (Range<Int>, Span<Float>) -> Void
        ) {
            let microbatch = workshop.program.plan.microbatch(
                step: leaf.round.step, shard: leaf.shard, seed: workshop.contract.seed)
            let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .training)
            leafComputer?.compute(
                microbatch, step: leaf.round.step, pixels: pixels, into: &partial, whenReady: whenFinal)
        }

        private func evaluation(
            _ leaf: Leaf, _ workshop: Workshop, into partial: inout MutableSpan<Float>,
            _ whenFinal: (Range<Int>, Span<Float>) -> Void
        ) {
            let plan = workshop.program.evaluation
            var sums = EvaluationSums.zeros
            for index in 0..<plan.microbatchCount(shard: leaf.shard) {
                let microbatch = plan.microbatch(index, shard: leaf.shard)
                let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .validation)
                evaluationComputer?.add(microbatch, pixels: pixels, to: &sums)
            }
            for index in sums.indices { partial[index] = sums[index] }
            whenFinal(partial.indices, partial.span)
        }
    }

    /// Chunks of a sum that are final and not told of yet. Each message that leaves at once is worth a wake-up; of chunks in
    /// memory, the last ones are told of by the end of the leaf.
    private struct ReadyChunks {
        let leaf: Leaf
        let tell: @Sendable (News) -> Void
        private var chunks: [Int] = []

        init(_ leaf: Leaf, tell: @escaping @Sendable (News) -> Void) {
            self.leaf = leaf
            self.tell = tell
        }

        mutating func add(_ chunk: Int) {
            chunks.append(chunk)
            guard leaf.slot == nil || chunks.count == BulkSizes.announcedChunks else { return }
            tell(.chunksReady(leaf, chunks))
            chunks = []
        }
    }
}
