import Contract

/// Leases, leaves, and the sums that leave.
extension WorkerState {
    mutating func take(_ lease: CoordinatorMessage.Lease) {
        guard let tree = assignment?.contract.tree, phase == .member else { return }
        guard tree.nodes.contains(lease.node), isKnown(lease.duties) else { return countMalformed() }
        if let round, lease.round < round, lease.identifier < newestLease { return }
        newestLease = max(newestLease, lease.identifier)
        let goesBack = lease.round.step < round?.step ?? 0
        if lease.round != round { enter(lease.round) }
        if goesBack { wantParameters(of: lease.round.step) } else { askForParametersTurnedAway() }
        refuseSharedWork(for: lease)
        askForLostParameters(under: lease.duties)
        if let index = tasks.firstIndex(where: { $0.node == lease.node }) {
            renew(index, lease)
        } else {
            begin(lease, tree.shards(under: lease.node))
        }
        advance()
    }

    /// Until the next round, no others take the place of an earlier step's parameters, whether they are here or have to come.
    private mutating func wantParameters(of step: Int) {
        wantedStep = step
        guard parametersStep != step else { return }
        arriving = nil
        send(.parametersWanted)
    }

    /// Work of other rounds is worth nothing any more. Leaves that already run finish for nobody.
    private mutating func enter(_ round: Round) {
        if let other = self.round, round < other { dropUnsentSums() }
        for task in tasks { actions.append(.forget(task.round, node: task.node)) }
        tasks = []
        if !running.isEmpty { membership += 1 }
        self.round = round
        wantedStep = nil
        peers.waitingSince = now
        for identity in peers.links.keys { peers.links[identity]?.dropSums(before: round.step) }
        beginRoundOfPixels()
    }

    /// The coordinator missed the result, or wants the same from the same worker: send it again.
    ///
    /// An older lease that comes late must not take the newer one's place: nobody would expect what is sent under it.
    private mutating func renew(_ index: Int, _ lease: CoordinatorMessage.Lease) {
        guard lease.identifier >= tasks[index].lease else { return }
        tasks[index].lease = lease.identifier
        tasks[index].duties = lease.duties
        tasks[index].uploaded = 0
        tasks[index].undelivered = 0
        tasks[index].isDelivered = false
        if lease.duties == Duties.star { dropUnsentSums() }
    }

    private mutating func begin(_ lease: CoordinatorMessage.Lease, _ shards: Range<Int>) {
        if lease.round.kind == .evaluation { forgetSentSums() }
        guard makesRoom(for: lease, shards), let assignment else { return }
        let waiting = shards.map { shard in
            NodeTask.Waiting(shard: shard, missing: missingExamples(lease.round, shard, assignment))
        }
        tasks.append(
            NodeTask(
                round: lease.round, node: lease.node, shardCount: shards.count, lease: lease.identifier,
                duties: lease.duties, waiting: waiting))
        requestUrgently(waiting, lease.round.kind.split)
        if lease.round.kind == .training, !lease.isCheck { copyInBackground(shards, from: lease.round.step + 1) }
    }

    /// An evaluation may be given out in many parts. The sum of one that has left is kept no more: where it is lost, it is computed again.
    private mutating func forgetSentSums() {
        let sent = tasks.filter(\.hasLeft)
        guard !sent.isEmpty, let tree = assignment?.contract.tree else { return }
        tasks.removeAll(where: \.hasLeft)
        for task in sent { actions.append(.forget(task.round, node: task.node)) }
        releasePixels(of: sent.flatMap { tree.shards(under: $0.node) })
    }

    private func missingExamples(_ round: Round, _ shard: Int, _ assignment: Assignment) -> Set<UInt32> {
        let split = round.kind.split
        if assignment.ledger.isComplete(shard: shard, in: split) { return [] }
        let needed =
            round.kind == .training
            ? assignment.plan.microbatch(step: round.step, shard: shard, seed: assignment.contract.seed).examples
            : assignment.contract.evaluation.examples(inShard: shard).map(UInt32.init)
        return Set(needed.filter { !assignment.ledger.contains($0, in: split) })
    }

    /// Forgets all work; a coordinator that does not know this worker gave it to others.
    mutating func dropWork() {
        for task in tasks { actions.append(.forget(task.round, node: task.node)) }
        tasks = []
        if !running.isEmpty { membership += 1 }
        round = nil
        newestLease = 0
        memory = nil
        parametersStep = nil
        arriving = nil
        wantedStep = nil
        turnedAwayStep = nil
        copies = []
        requested = [:]
        leavePeers()
    }

    // MARK: - Leaves

    /// Starts what can start and sends what can be sent.
    mutating func advance() {
        startLeaves()
        uploadSums()
    }

    private mutating func startLeaves() {
        guard parametersStep != nil, parametersStep == round?.step else { return }
        for index in tasks.indices {
            while running.count < configuration.hello.threads,
                let next = tasks[index].waiting.firstIndex(where: { $0.missing.isEmpty })
            {
                let shard = tasks[index].waiting.remove(at: next).shard
                let leaf = Leaf(
                    round: tasks[index].round, node: tasks[index].node, shard: shard, membership: membership,
                    slot: place(ofTask: index).slot)
                running[leaf] = now
                actions.append(.compute(leaf))
            }
        }
    }

    /// Sums go the way that parameters came.
    private mutating func place(ofTask index: Int) -> SumPlace {
        if let place = tasks[index].place { return place }
        var slot: MemorySlot?
        if memory != nil, parametersOrigin == .memory, tasks[index].duties == Duties.star {
            slot = sumSlots.take(for: tasks[index].round, besides: Set(running.keys.compactMap(\.slot?.index)))
        }
        let place = slot.map(SumPlace.memory) ?? .link
        tasks[index].place = place
        return place
    }

    /// The parameters were written over while a thread read them, so their step is over as a rule. The coordinator says
    /// so by giving other work, and sends them over the link where it still needs the leaf. They may have come that way already,
    /// for another thread's leaf.
    mutating func takeBack(_ leaf: Leaf) {
        running[leaf] = nil
        if let index = task(of: leaf) {
            tasks[index].waiting.append(NodeTask.Waiting(shard: leaf.shard, missing: []))
            if parametersStep == leaf.round.step, parametersOrigin == .memory { loseParameters() }
        }
        advance()
    }

    private mutating func loseParameters() {
        parametersStep = nil
        arriving = nil
        wantedStep = nil
        send(.parametersWanted)
    }

    mutating func finish(_ leaf: Leaf) {
        if let start = running.removeValue(forKey: leaf) { learn(now - start, of: leaf.round.kind) }
        if let index = task(of: leaf) {
            tasks[index].finishedLeaves += 1
            if tasks[index].isSummed { for chunk in 0..<chunks(of: leaf).count { tasks[index].add(ready: chunk) } }
        }
        advance()
    }

    private mutating func learn(_ time: Duration, of kind: Round.Kind) {
        leafTimes[kind] = leafTimes[kind].map { ($0 * 3 + time) / 4 } ?? time
    }

    mutating func take(ready chunk: Int, of leaf: Leaf) {
        guard let index = task(of: leaf) else { return }
        tasks[index].add(ready: chunk)
        uploadSums()
    }

    /// The task that a leaf belongs to, unless work was dropped since it started.
    private func task(of leaf: Leaf) -> Int? {
        guard leaf.membership == membership else { return nil }
        return tasks.firstIndex { $0.round == leaf.round && $0.node == leaf.node }
    }

    private func chunks(of leaf: Leaf) -> ChunkSet {
        ChunkSet(total: welcome?.bytes(of: leaf.round.kind) ?? 0, chunkBytes: welcome?.chunkBytes ?? 1)
    }

    // MARK: - Uploads

    /// Nodes whose sums have not left whole; one, too, while the last bytes that left are not known to have arrived.
    var unfinishedTasks: Int {
        let unsent = tasks.count { task in
            if task.duties == Duties.star { return !task.isSummed || task.uploaded < task.ready.count }
            return isKnown(task.duties) && !task.isDelivered
        }
        return max(unsent, upload.outstanding > 0 ? 1 : 0)
    }

    private mutating func uploadSums() {
        guard let welcome else { return }
        for index in tasks.indices {
            if tasks[index].duties != Duties.star {
                deliverChunks(of: index, welcome)
            } else if let slot = tasks[index].place?.slot {
                announceChunks(of: index, in: slot, welcome)
            } else {
                uploadChunks(of: index, welcome)
            }
        }
        uploadRootPieces()
        sendCargo()
    }

    /// Says what lies in memory: all at the end, and a lot at a time before.
    private mutating func announceChunks(
        of index: Int, in slot: MemorySlot, _ welcome: CoordinatorMessage.Welcome
    ) {
        let task = tasks[index]
        let chunks = ChunkSet(total: welcome.bytes(of: task.round.kind), chunkBytes: welcome.chunkBytes)
        let waiting = task.ready.dropFirst(task.uploaded)
        guard !waiting.isEmpty, task.isSummed || waiting.count >= BulkSizes.announcedChunks else { return }
        tasks[index].uploaded = task.ready.count
        for row in rows(of: waiting.sorted()) { announce(chunks.bytes(of: row), of: task, in: slot) }
    }

    /// Neighbours among ascending chunks, as ranges.
    private func rows(of chunks: [Int]) -> [Range<Int>] {
        chunks.reduce(into: []) { rows, chunk in
            if let last = rows.last, last.upperBound == chunk {
                rows[rows.count - 1] = last.lowerBound..<chunk + 1
            } else {
                rows.append(chunk..<chunk + 1)
            }
        }
    }

    private mutating func announce(_ range: Range<Int>, of task: NodeTask, in slot: MemorySlot) {
        let chunk = WorkerMessage.PartialChunk(
            round: task.round, lease: task.lease, node: task.node, offset: range.lowerBound, bytes: range.count,
            leafTime: leafTimes[task.round.kind] ?? .zero)
        send(.sumStored(chunk, slot), step: task.round.step)
    }

    /// Sends what is final, as far as there is credit.
    private mutating func uploadChunks(of index: Int, _ welcome: CoordinatorMessage.Welcome) {
        let task = tasks[index]
        let chunks = ChunkSet(total: welcome.bytes(of: task.round.kind), chunkBytes: welcome.chunkBytes)
        for chunk in task.ready.dropFirst(task.uploaded) {
            let range = chunks.bytes(of: chunk)
            guard upload.admits(range.count) else { return }
            upload.spend(range.count, at: now)
            tasks[index].uploaded += 1
            actions.append(
                .upload(
                    .init(
                        round: task.round, lease: task.lease, node: task.node, offset: range.lowerBound,
                        bytes: range.count, leafTime: leafTimes[task.round.kind] ?? .zero)))
        }
    }

    mutating func takeCredit(_ bytes: Int) {
        upload.refund(bytes, at: now)
        uploadSums()
    }
}
