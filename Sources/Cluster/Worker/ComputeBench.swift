import Contract
import Coordination
import Foundation
import Hashing
import Tensors
import Training

/// What a compute thread owns, and how it does its jobs.
struct ComputeBench {
    private let thread: Int
    private let recorder: SpanRecorder
    private let tell: @Sendable (ComputeThread.News) -> Void
    private var workshop: Workshop?
    private var leafComputer: LeafComputer?
    private var evaluationComputer: EvaluationComputer?
    /// What each computer has loaded.
    private var leafSnapshot: Int?
    private var evaluationSnapshot: Int?
    /// Whose pixels the leaf computer has.
    private var taken: LeafHabit.Place?
    private var habit = LeafHabit()

    init(thread: Int, _ recorder: SpanRecorder, tell: @escaping @Sendable (ComputeThread.News) -> Void) {
        self.thread = thread
        self.recorder = recorder
        self.tell = tell
    }

    /// Does a job; nil ends the thread.
    mutating func handle(_ job: ComputeThread.Job) -> ComputeThread.News? {
        switch job {
        case .prepare(let workshop, let probes):
            do {
                return .prepared(workshop, probe: try prepare(workshop, probes: probes))
            } catch {
                return .unprepared(workshop, "\(error)")
            }
        case .compute(let leaf, let snapshot):
            let beginning = recorder.beginning
            defer {
                recorder.note(
                    .computing, since: beginning, lane: thread + 1, step: leaf.round.step, shard: leaf.shard)
            }
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
        (taken, habit) = (nil, LeafHabit())
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
        let news = ChunkNews(of: leaf, computedWith: snapshot, tell: tell)
        guard let result = workshop.sums.result(of: leaf, whenFinal: news.add) else { return true }
        result.write { elements in
            switch leaf.round.kind {
            case .training: gradient(leaf, workshop, into: &elements, result)
            case .evaluation: evaluation(leaf, workshop, into: &elements, result)
            }
        }
        let counts = news.isRight
        workshop.sums.finish(result, counts: counts)
        return counts
    }

    /// Lets whoever waits for this core go first, once when a step's parameters are there, and once before looking ahead, when the
    /// last leaf was told of: whoever is told may wait.
    ///
    /// A message that arrives wakes one thread after the other, up to this one, all on the core where it arrived. Linux (6.18) may
    /// leave the one that still has the next worker's message waiting there, beside an idle core, until this one has computed:
    /// `mlp` trained a tenth fewer images without the first. Beside a busy process on each core it trains 9 % fewer with it.
    private func giveWay() {
        sched_yield()
    }

    /// Takes in the microbatch that is likely to come next, while the coordinator is busy with the last one.
    mutating func lookAhead() {
        guard let workshop, let next = habit.next, next != taken, next.step < ShardPlan.mostSteps else { return }
        giveWay()
        take(next, workshop)
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
            computer.load(snapshot.evaluated)
            evaluationSnapshot = snapshot.number
        case .training, .evaluation: break
        }
    }

    private mutating func gradient(
        _ leaf: Leaf, _ workshop: Workshop, into partial: inout MutableSpan<Float>, _ result: LeafResult
    ) {
        let place = LeafHabit.Place(step: leaf.round.step, shard: leaf.shard)
        habit.note(place)
        if taken != place { take(place, workshop) }
        precondition(taken == place, Self.missing(leaf))
        leafComputer?.compute(into: &partial) { result.take($0, $1) }
    }

    /// Hands a leaf's pixels to the leaf computer, if they are here.
    private mutating func take(_ place: LeafHabit.Place, _ workshop: Workshop) {
        let beginning = recorder.beginning
        defer { recorder.note(.pixels, since: beginning, lane: thread + 1, step: place.step) }
        let microbatch = workshop.program.plan.microbatch(
            step: place.step, shard: place.shard, seed: workshop.contract.seed)
        guard let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .training) else { return }
        leafComputer?.take(microbatch, step: place.step, pixels: pixels)
        taken = place
    }

    private static func missing(_ leaf: Leaf) -> String {
        "a leaf of \(leaf.round) is computed before its pixels are here"
    }

    private func evaluation(
        _ leaf: Leaf, _ workshop: Workshop, into partial: inout MutableSpan<Float>, _ result: LeafResult
    ) {
        let plan = workshop.program.evaluation
        var sums = workshop.program.evaluationZeros
        for index in 0..<plan.microbatchCount(shard: leaf.shard) {
            let microbatch = plan.microbatch(index, shard: leaf.shard)
            guard let pixels = workshop.pixels.pixels(of: microbatch.examples, in: .validation) else {
                preconditionFailure(Self.missing(leaf))
            }
            evaluationComputer?.add(microbatch, pixels: pixels, to: &sums)
        }
        evaluationComputer?.finish(&sums)
        for index in sums.indices { partial[index] = sums[index] }
        result.take(partial.indices, partial.span)
    }
}

/// What the coordinator hears of a leaf's chunks: those that are final, as long as the parameters were not written over.
///
/// Each message that leaves at once is worth a wake-up; of chunks in memory, the last ones are told of by the end of the leaf.
private final class ChunkNews {
    private let leaf: Leaf
    private let snapshot: Snapshot
    private let tell: @Sendable (ComputeThread.News) -> Void
    private var chunks: [Int] = []
    /// Whether the parameters were intact when the newest chunk was final.
    private var wasIntact: Bool?

    init(of leaf: Leaf, computedWith snapshot: Snapshot, tell: @escaping @Sendable (ComputeThread.News) -> Void) {
        self.leaf = leaf
        self.snapshot = snapshot
        self.tell = tell
    }

    /// Whether the sum is right. One of which the last chunk was told is, whatever happens then.
    var isRight: Bool { wasIntact ?? snapshot.isIntact }

    /// A chunk is final.
    func add(_ chunk: Int) {
        wasIntact = snapshot.isIntact
        guard wasIntact == true else { return }
        chunks.append(chunk)
        guard leaf.slot == nil || chunks.count == BulkSizes.announcedChunks else { return }
        tell(.chunksReady(leaf, chunks))
        chunks = []
    }
}
