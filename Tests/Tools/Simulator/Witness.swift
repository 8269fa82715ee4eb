import Contract
import Coordination
import Hashing
import Training

/// Watches a run, and says what must not have happened.
struct Witness {
    private let run: TinyRun
    /// The first thing that must not have happened.
    private(set) var violation: String?
    /// The digest of the newest state.
    private(set) var digest: String?
    private(set) var committedSteps = 0
    /// How many steps the state has.
    private var step = 0
    private var epoch: UInt64 = 0
    /// Whether all steps were committed once.
    private var wasFinished = false
    /// Checkpoints that were reported as saved and are to be there, newest last.
    private var saved: [Int] = []
    private var flippedPaths: Set<String> = []
    /// Whether the worker that computes wrongly was found out.
    private var isLiarKnown = false
    /// The examples of each committed step and shard.
    private var examples: [[Int: [UInt32]]]

    init(_ run: TinyRun) {
        self.run = run
        examples = Array(repeating: [:], count: run.steps)
    }

    mutating func accuse(_ sentence: String) {
        if violation == nil { violation = sentence }
    }

    // MARK: - The coordinator's state

    /// A coordinator went on from a state: none is lost but those since the newest checkpoint that is whole.
    mutating func opened(at step: Int, digest: String, _ epoch: UInt64) {
        let expected = saved.last { !isFlipped(path(ofStep: $0)) } ?? 0
        if step < expected {
            accuse("the run went on from step \(step), though the checkpoint of step \(expected) was saved")
        }
        begin(step, epoch)
        check(step, digest)
    }

    /// The run went back because a sum was wrong; checkpoints of later steps are gone for a reason.
    mutating func wentBack(to step: Int, _ epoch: UInt64) {
        saved.removeAll { $0 > step }
        begin(step, epoch)
    }

    /// The best checkpoint is that of the evaluations which the state that the run goes on from contains.
    mutating func found(best history: History, on disk: SimulatedDisk) {
        let store = CheckpointStore(directory: "/run/checkpoints", files: disk)
        let best = try? store.readBest()
        if best?.state.step != history.best?.step || best?.heldOutNegativeELBO != history.best?.negativeELBO {
            accuse(
                "best.h5 is of step \(best?.state.step ?? 0), and the lowest evaluation until step \(step) came after step "
                    + "\(history.best?.step ?? 0)")
        }
        if let best, best.state.digest.description != run.digests[best.state.step] {
            accuse("best.h5 is of another run")
        }
        let others = disk.paths(in: "/run/checkpoints").filter { $0.contains("/best-") }
        if (try? others.count > store.steps().count) != false { accuse("too many earlier bests are left: \(others)") }
    }

    private mutating func begin(_ step: Int, _ epoch: UInt64) {
        if epoch <= self.epoch { accuse("epoch \(epoch) follows epoch \(self.epoch)") }
        self.epoch = epoch
        self.step = step
    }

    mutating func committed(_ step: Int, _ digest: String) {
        if step != self.step { accuse("step \(step) was committed after \(self.step) steps") }
        self.step = step + 1
        committedSteps += 1
        if self.step == run.steps { wasFinished = true }
        check(step + 1, digest)
    }

    private mutating func check(_ step: Int, _ digest: String) {
        self.digest = digest
        if digest != run.digests[step] {
            accuse(
                "after step \(step) the digest is \(digest.prefix(12)), and the quiet run's is \(run.digests[step].prefix(12))"
            )
        }
    }

    mutating func saved(_ step: Int) {
        saved = Array((saved.filter { $0 != step } + [step]).suffix(2))
        flippedPaths.remove(path(ofStep: step))
    }

    /// Whoever is not asked to leave works until all is done.
    mutating func ended(worker: String, _ end: WorkerEnd) {
        if end == .finished, !wasFinished {
            accuse("\(worker) ended as after a finished run, after \(step) of \(run.steps) steps")
        }
    }

    /// - Parameter disk: Read from a copy, since a fault that waits there for the next call is not the witness's.
    mutating func ended(_ disk: SimulatedDisk) {
        if step != run.steps { accuse("the run ended after \(step) of \(run.steps) steps") }
        checkPasses()
        do {
            try checkRecords(disk.copy())
            let newest = try CheckpointStore(directory: "/run/checkpoints", files: disk.copy()).newest()
            found(best: newest?.checkpoint.history ?? History(), on: disk.copy())
        } catch {
            accuse("\(error)")
        }
    }

    /// - Parameter liar: The worker that goes wrong, if there is one. One that adds or passes on wrongly has computed nothing wrong.
    mutating func noted(_ notice: Notice, liar: (process: Int, name: String, lie: Scenario.Lie?)?) {
        switch notice {
        case .resultsDiffer where liar?.lie != .computing: accuse("sound workers differ: \(notice)")
        case .addedWrongly where liar == nil: accuse("a sum of sound workers is said to be wrong: \(notice)")
        case .quarantined(let sentence):
            isLiarKnown = true
            if liar.map({ $0.lie == .computing && sentence.hasPrefix("\($0.name) ") }) != true {
                accuse("a sound worker is blamed: \(sentence)")
            }
        case .joined(_, _, process: liar?.process, _, _) where isLiarKnown: accuse("it was quarantined: \(notice)")
        default: break
        }
    }

    /// Whoever says nothing for longer than a member may is a member no more.
    /// - Parameter talkative: How many said something so lately.
    mutating func counted(members: Int, talkative: Int) {
        if members > talkative {
            accuse("there are \(members) members, and only \(talkative) of them said something lately")
        }
    }

    // MARK: - Files

    private func path(ofStep step: Int) -> String {
        "/run/checkpoints/step-" + String(String(10_000_000_000 + step).dropFirst()) + ".h5"
    }

    func isFlipped(_ path: String) -> Bool { flippedPaths.contains(path) }

    mutating func flipped(_ path: String) { flippedPaths.insert(path) }

    /// The records have a row for each step and each evaluation, once, whatever was lost and computed again.
    private mutating func checkRecords(_ disk: SimulatedDisk) throws {
        let digests = try DigestLog.rows("/run/digests.jsonl", neededUpTo: run.steps, files: disk)
        if digests.map(\.step) != Array(1...run.steps) {
            accuse("digests.jsonl has the steps \(digests.map(\.step)), not 1 to \(run.steps)")
        }
        let lines = String(decoding: try disk.read("/run/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
        let rows = lines.compactMap { MetricsRow(line: $0) }
        let steps = rows.filter { $0.split == .train }.map(\.step)
        if steps != Array(1...run.steps) {
            accuse("metrics.jsonl has the steps \(steps), not 1 to \(run.steps)")
        }
        let evaluated = rows.filter { $0.split == .valid }.map(\.step)
        let plan = run.program.plan
        let expected = Set((1..<plan.epoch(ofStep: run.steps)).map { plan.steps(epochs: $0) } + [run.steps])
        if evaluated != expected.sorted() {
            accuse("metrics.jsonl has evaluations after the steps \(evaluated), not \(expected.sorted())")
        }
    }

    // MARK: - Examples

    /// A worker's leaf used these examples.
    mutating func used(_ round: Round, _ shard: Int, _ found: [UInt32]) {
        guard examples.indices.contains(round.step) else { return }
        if let other = examples[round.step][shard], other != found {
            accuse("\(round): two workers used unlike examples of shard \(shard): \(other) and \(found)")
        }
        examples[round.step][shard] = found
    }

    /// Each pass of a shard shows each of its examples once.
    private mutating func checkPasses() {
        for shard in 0..<run.contract.shards {
            let stream = examples.flatMap { $0[shard] ?? [] }
            let all = run.program.plan.examples(inShard: shard).map(UInt32.init)
            if stream.count != run.steps * run.contract.microbatch {
                accuse("\(stream.count) examples of shard \(shard) were used in \(run.steps) steps")
            }
            for start in stride(from: 0, to: stream.count - all.count + 1, by: all.count) {
                let pass = stream[start..<(start + all.count)].sorted()
                if pass != all { accuse("a pass of shard \(shard) has the examples \(pass), not \(all)") }
            }
        }
    }

    // MARK: - Sabotage

    /// A checkpoint that is whole and wrong: of the right step, from made-up sums.
    func wrongCheckpoint(_ step: Int, ofRun identifier: String) throws -> Checkpoint {
        var state = run.program.initialState()
        var dice = Dice(seed: UInt64(step))
        for _ in 0..<step {
            var sum = (0..<run.program.layout.partialCount).map { _ in Float.random(in: -1...1, using: &dice) }
            _ = try run.program.rule.apply(&sum, to: &state)
        }
        return Checkpoint(contract: run.contract, run: identifier, state: state, history: History())
    }
}
