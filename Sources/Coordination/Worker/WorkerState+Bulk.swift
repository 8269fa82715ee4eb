import Contract

/// Parameters and pixels: what arrives, and what is asked for. Both come over one connection, in order, and once.
extension WorkerState {
    // MARK: - Parameters

    mutating func takeParameters(step: Int, _ offset: Int, _ bytes: Int, _ duties: UInt64) {
        send(.credit(bytes: bytes))
        if duties != Duties.star { keep(PassedParameters(step: step, duties: duties, offset: offset, bytes: bytes)) }
        placeParameters(step: step, offset, bytes, duties, from: .coordinator)
        // The others were to come from workers, of whom nothing is taken any more.
        if duties != Duties.star, isAddedByCoordinator(step), parametersStep != step { askForOwnParameters(of: step) }
    }

    /// Takes a chunk of parameters in: chunks come in any order, and some may come twice.
    mutating func placeParameters(
        step: Int, _ offset: Int, _ bytes: Int, _ duties: UInt64, from sender: ParametersOrigin
    ) {
        // Those of a step that is over may come after newer ones, which lie in memory.
        guard step >= round?.step ?? 0, step >= arriving?.step ?? 0 else { return }
        guard !turnsAway(step) else { return }
        guard sender == .coordinator || !isAddedByCoordinator(step) else { return }
        if arriving?.step != step, parametersStep != step { beginParameters(step) }
        guard arriving?.step == step, arriving?.chunks.insert(offset: offset, bytes: bytes) == true else { return }
        arriving?.note(duties, from: sender, at: now)
        actions.append(.placeParameters(step: step, offset: offset))
        if arriving?.chunks.isComplete == true { useParameters(step) }
    }

    /// Whether parameters are turned away since those of an earlier step are wanted; notes of which step they are.
    private mutating func turnsAway(_ step: Int) -> Bool {
        guard let wantedStep, step != wantedStep else { return false }
        turnedAwayStep = max(turnedAwayStep ?? step, step)
        return true
    }

    /// The coordinator has sent them, and does not send them again by itself.
    mutating func askForParametersTurnedAway() {
        guard let step = turnedAwayStep, step == round?.step, parametersStep != step, wantedStep == nil else { return }
        turnedAwayStep = nil
        askForOwnParameters(of: step)
    }

    /// What a newer step's parameters replace may be overwritten from now on, so no leaf starts with it any more.
    mutating func beginParameters(_ step: Int) {
        guard let welcome else { return }
        let chunks = ChunkSet(total: welcome.parameterBytes, chunkBytes: welcome.chunkBytes)
        arriving = ArrivingStep(step: step, chunks: chunks, duties: Duties.star, latest: now)
        parametersStep = nil
        actions.append(.beginParameters(step: step))
    }

    /// Where parameters lie in memory there is nothing to wait for.
    mutating func takeParameters(step: Int, in slot: MemorySlot) {
        guard memory != nil, welcome?.memory?.contains(slot) == true else { return countMalformed() }
        guard parametersStep != step, step >= round?.step ?? 0, !turnsAway(step) else { return }
        arriving = nil
        parametersStep = step
        parametersOrigin = .memory
        actions.append(.useStoredParameters(step: step, slot))
        advance()
    }

    private mutating func useParameters(_ step: Int) {
        parametersOrigin = arriving?.arePassedOn == true ? .workers : .coordinator
        arriving = nil
        wantedStep = nil
        parametersStep = step
        actions.append(.useParameters(step: step))
        advance()
    }

    // MARK: - Pixels

    mutating func take(_ rows: CoordinatorMessage.Rows) {
        send(.credit(bytes: rows.bytes))
        guard let welcome, rows.bytes == rows.examples.count * welcome.exampleBytes else { return countMalformed() }
        // A shard may have been forgotten since its pixels were asked for; others in the chunk are wanted all the same.
        let kept = rows.examples.map { isExpected($0, in: rows.split) ? $0 : nil }
        if kept.contains(nil) { countMalformed() }
        // Those that are dropped do not come again by themselves: a later lease has to ask for them anew.
        requested[rows.split]?.subtract(rows.examples)
        let examples = kept.compactMap { $0 }
        guard !examples.isEmpty else { return copyOn() }
        for example in examples { assignment?.ledger.insert(example, in: rows.split) }
        actions.append(.placeRows(rows.split, kept))
        copyPace.received += examples.count
        for task in tasks.indices where tasks[task].round.kind.split == rows.split {
            for leaf in tasks[task].waiting.indices { tasks[task].waiting[leaf].missing.subtract(examples) }
        }
        copyOn()
        advance()
    }

    /// Whether there is such an example, and room for it: of shards that are kept, and of others for what was asked for.
    private func isExpected(_ example: UInt32, in split: PixelSplit) -> Bool {
        guard let assignment, assignment.ledger.covers(example, in: split) else { return false }
        let shard = Int(example) % assignment.contract.shards
        return assignment.room.keeps(shard) || assignment.room.holds(shard) && isHereOrComing(example, split)
    }

    /// Asks for the pixels that leaves wait for, which overtake all copying; for those that are coming as copies, only that they hurry.
    mutating func requestUrgently(_ waiting: [NodeTask.Waiting], _ split: PixelSplit) {
        let missing = waiting.flatMap { $0.missing.sorted() }
        let coming = requested[split] ?? []
        request(missing.filter { coming.contains($0) }, split, .hurry)
        request(missing.filter { !coming.contains($0) }, split, .microbatch)
    }

    private mutating func request(
        _ examples: [UInt32], _ split: PixelSplit, _ purpose: WorkerMessage.RowsWanted.Purpose
    ) {
        requested[split, default: []].formUnion(examples)
        for start in stride(from: 0, to: examples.count, by: WorkerMessage.RowsWanted.limit) {
            let part = Array(examples[start...].prefix(WorkerMessage.RowsWanted.limit))
            send(.rowsWanted(.init(split: split, purpose: purpose, examples: part)))
        }
    }

    // MARK: - Background copying

    mutating func copyInBackground(_ shards: Range<Int>, from step: Int) {
        guard let plan = assignment?.plan else { return }
        for shard in shards
        where assignment?.room.keeps(shard) == true && !copies.contains(where: { $0.shard == shard }) {
            copies.append(BackgroundCopy(shard: shard, from: step, plan: plan))
        }
        copyOn()
    }

    /// Keeps about a second's worth of requests under way; shards take turns, so that none waits for another.
    private mutating func copyOn() {
        guard let welcome else { return }
        let least = max(1, 2 * welcome.chunkBytes / welcome.exampleBytes)
        let most = max(least, min(welcome.windowBytes / 2 / welcome.exampleBytes, WorkerMessage.RowsWanted.limit))
        guard requested.values.reduce(0, { $0 + $1.count }) <= max(least, copyPace.batch) / 2 else { return }
        copyPace.ask(at: now, least: least, most: most)
        let batch = copyPace.batch
        for split in PixelSplit.allCases { request(nextCopies(split, batch), split, .copy) }
    }

    private mutating func nextCopies(_ split: PixelSplit, _ batch: Int) -> [UInt32] {
        var wanted: [UInt32] = []
        var chosen: Set<UInt32> = []
        while wanted.count < batch, let index = nextCopy(split), let assignment {
            let examples = copies[index].next(split, assignment.contract, assignment.plan)
            for example in examples where !isHereOrComing(example, split) && chosen.insert(example).inserted {
                wanted.append(example)
            }
            copies.append(copies.remove(at: index))
        }
        return wanted
    }

    /// A shard that others compute now is copied no further: its pixels are theirs to have.
    private func nextCopy(_ split: PixelSplit) -> Int? {
        guard let tree = assignment?.contract.tree else { return nil }
        let leased = Set(tasks.flatMap { tree.shards(under: $0.node) })
        return copies.firstIndex { leased.contains($0.shard) && !$0.isDone(split) }
    }

    private func isHereOrComing(_ example: UInt32, _ split: PixelSplit) -> Bool {
        assignment?.ledger.contains(example, in: split) == true || requested[split]?.contains(example) == true
    }

    mutating func countMalformed() {
        malformed += 1
    }
}
