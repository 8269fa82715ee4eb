import Contract

/// Parameters and pixels: what arrives, what is asked for, and what is asked for again.
extension WorkerState {
    // MARK: - Parameters

    mutating func takeParameters(step: Int, _ offset: Int, _ bytes: Int) {
        send(.credit(bytes: bytes))
        // Those of a step that is over may come after newer ones, which lie in memory.
        guard step >= round?.step ?? 0 else { return }
        if offset == 0, arriving?.step != step, parametersStep != step { beginParameters(step) }
        guard let total = welcome?.parameterBytes, let arriving, arriving.step == step, arriving.bytes == offset,
            bytes > 0, bytes % 4 == 0, bytes <= total - offset
        else { return }
        parametersProgress = now
        actions.append(.placeParameters(step: step, offset: offset))
        self.arriving = (step, offset + bytes)
        if offset + bytes == total { useParameters(step) }
    }

    /// What a newer step's parameters replace may be overwritten from now on, so no leaf starts with it any more.
    private mutating func beginParameters(_ step: Int) {
        arriving = (step, 0)
        parametersStep = nil
    }

    /// Where parameters lie in memory there is nothing to wait for.
    mutating func takeParameters(step: Int, in slot: MemorySlot) {
        guard memory != nil, welcome?.memory?.contains(slot) == true else { return countMalformed() }
        guard parametersStep != step, step >= round?.step ?? 0 else { return }
        arriving = nil
        parametersStep = step
        parametersAreStored = true
        parametersProgress = now
        actions.append(.useStoredParameters(step: step, slot))
        advance()
    }

    private mutating func useParameters(_ step: Int) {
        parametersStep = step
        parametersAreStored = false
        actions.append(.useParameters(step: step))
        advance()
    }

    private mutating func askForParametersAgain() {
        guard let step = round?.step, parametersStep != step, !tasks.isEmpty, now - parametersProgress > timing.retry
        else { return }
        parametersProgress = now
        if arriving?.step != step { arriving = (step, 0) }
        send(.parametersWanted(offset: arriving?.bytes ?? 0), step: step)
    }

    // MARK: - Pixels

    mutating func take(_ rows: CoordinatorMessage.Rows) {
        send(.credit(bytes: rows.bytes))
        guard let welcome, rows.bytes == rows.examples.count * welcome.exampleBytes else { return countMalformed() }
        guard rows.examples.allSatisfy({ isExpected($0, in: rows.split) }) else { return countMalformed() }
        for example in rows.examples { assignment?.ledger.insert(example, in: rows.split) }
        rowsProgress = now
        actions.append(.placeRows(rows.split, rows.examples))
        requested[rows.split]?.subtract(rows.examples)
        for task in tasks.indices where tasks[task].round.kind.split == rows.split {
            for leaf in tasks[task].waiting.indices { tasks[task].waiting[leaf].missing.subtract(rows.examples) }
        }
        copyOn()
        advance()
    }

    /// Whether there is such an example, and room for it: of shards that are kept, and of others for what was asked for.
    private func isExpected(_ example: UInt32, in split: PixelSplit) -> Bool {
        guard let assignment, assignment.ledger.covers(example, in: split) else { return false }
        return assignment.room.keeps(Int(example) % assignment.contract.shards) || isHereOrComing(example, split)
    }

    /// Asks for the pixels that leaves wait for; they overtake all background copying.
    mutating func requestUrgently(_ waiting: [NodeTask.Waiting], _ split: PixelSplit, isRestart: Bool = false) {
        let examples = waiting.flatMap { $0.missing.sorted() }
        request(examples, split, isUrgent: true, isRestart: isRestart)
    }

    private mutating func request(_ examples: [UInt32], _ split: PixelSplit, isUrgent: Bool, isRestart: Bool) {
        var isRestart = isRestart
        if requested.values.allSatisfy(\.isEmpty) { rowsProgress = now }
        requested[split, default: []].formUnion(examples)
        for start in stride(from: 0, to: examples.count, by: WorkerMessage.RowsWanted.limit) {
            let part = Array(examples[start...].prefix(WorkerMessage.RowsWanted.limit))
            send(.rowsWanted(.init(split: split, isUrgent: isUrgent, isRestart: isRestart, examples: part)))
            isRestart = false
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

    /// Keeps about half a window of background requests under way; shards take turns, so that none waits for another.
    private mutating func copyOn() {
        guard let welcome else { return }
        let batch = max(1, min(welcome.windowBytes / 2 / welcome.exampleBytes, WorkerMessage.RowsWanted.limit))
        guard requested.values.reduce(0, { $0 + $1.count }) <= batch / 2 else { return }
        for split in PixelSplit.allCases { request(nextCopies(split, batch), split, isUrgent: false, isRestart: false) }
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

    private func nextCopy(_ split: PixelSplit) -> Int? {
        copies.firstIndex { !$0.isDone(split) }
    }

    private func isHereOrComing(_ example: UInt32, _ split: PixelSplit) -> Bool {
        assignment?.ledger.contains(example, in: split) == true || requested[split]?.contains(example) == true
    }

    // MARK: - Asking again

    mutating func askAgain() {
        askForParametersAgain()
        askForRowsAgain()
        uploadWithoutCredit()
    }

    /// What was asked for and did not come is taken for lost: everything that leaves wait for is asked for anew, and
    /// copying starts over.
    private mutating func askForRowsAgain() {
        guard requested.values.contains(where: { !$0.isEmpty }), now - rowsProgress > timing.retry else { return }
        rowsProgress = now
        requested = [:]
        let shards = copies.map(\.shard)
        copies = []
        let split = round?.kind.split ?? .training
        let waiting = tasks.flatMap(\.waiting)
        if waiting.allSatisfy(\.missing.isEmpty) {
            send(.rowsWanted(.init(split: split, isUrgent: false, isRestart: true, examples: [])))
        }
        requestUrgently(waiting, split, isRestart: true)
        for shard in shards { copyInBackground(shard..<(shard + 1), from: round?.step ?? 0) }
    }

    mutating func countMalformed() {
        malformed += 1
    }
}
