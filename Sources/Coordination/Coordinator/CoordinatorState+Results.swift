import Contract

/// Partials: which bytes count, which sums are complete, which late results agree.
extension CoordinatorState {
    mutating func take(_ chunk: WorkerMessage.PartialChunk, step: Int, from peer: Peer) {
        send(.credit(bytes: chunk.bytes), to: peer)
        guard step == chunk.round.step, let lease = record(of: chunk, from: peer) else {
            return count(\.strayChunks, .stray, of: peer)
        }
        var received = lease.received
        guard received.insert(offset: chunk.offset, bytes: chunk.bytes) else {
            return count(\.strayChunks, .stray, of: peer)
        }
        extendDeadlines(of: peer, pause: lease.lastChunk.map { now - $0 })
        let total = sizes.partialBytes(chunk.round.kind)
        actions.append(.sums(.place(lease: chunk.lease, offset: chunk.offset, total: total)))
        note(received, of: chunk)
    }

    /// Takes several chunks at once, which lie in the worker's memory.
    mutating func take(_ chunk: WorkerMessage.PartialChunk, in slot: MemorySlot, step: Int, from peer: Peer) {
        guard step == chunk.round.step, members[peer]?.memory?.contains(slot) == true,
            var received = record(of: chunk, from: peer)?.received,
            received.insertRow(offset: chunk.offset, bytes: chunk.bytes)
        else { return count(\.strayChunks, .stray, of: peer) }
        extendDeadlines(of: peer)
        actions.append(
            .sums(
                .placeStored(
                    slot, of: peer, lease: chunk.lease, range: chunk.offset..<chunk.offset + chunk.bytes,
                    total: sizes.partialBytes(chunk.round.kind))))
        note(received, of: chunk)
    }

    private mutating func note(_ received: ChunkSet, of chunk: WorkerMessage.PartialChunk) {
        let now = now
        update(chunk.lease, in: chunk.round) { lease in
            lease.received = received
            lease.firstChunk = lease.firstChunk ?? now
            lease.lastChunk = now
        }
        if let lease = state(of: chunk.round)?.leases[chunk.lease] {
            members[lease.peer]?.learn(leafTime: chunk.leafTime, in: chunk.round.kind)
        }
        if received.isComplete { complete(chunk.lease, in: chunk.round) }
    }

    /// The lease that the chunk names, if its worker holds it and it still awaits bytes.
    private func record(of chunk: WorkerMessage.PartialChunk, from peer: Peer) -> LeaseRecord? {
        guard let lease = state(of: chunk.round)?.leases[chunk.lease], lease.peer == peer, lease.node == chunk.node,
            lease.state == .live || lease.state == .moved
        else { return nil }
        return lease
    }

    private mutating func complete(_ identifier: UInt64, in round: Round) {
        guard let lease = state(of: round)?.leases[identifier] else { return }
        update(identifier, in: round) { $0.state = .complete }
        members[lease.peer]?.punctuality.deliver(leaseOf: lease.issued, inTime: lease.state == .live, at: now)
        if round == current?.round { current?.partials += 1 }
        if round == current?.round, current?.isCommitted(lease.node) == false {
            learn(from: lease, in: round.kind)
            commit(lease)
        } else if state(of: round)?.digests[lease.node] != nil {
            actions.append(.sums(.hashLease(round, lease: identifier)))
        } else {
            learnFirst(from: lease, in: round.kind)
            actions.append(.sums(.drop(lease: identifier)))
        }
        if let current, isGivenOutInParts(current.round) { leaseUncovered() }
    }

    /// The first result of a node counts; from there the fold goes up as far as siblings are there.
    private mutating func commit(_ lease: LeaseRecord) {
        var node = lease.node
        for superfluous in current?.commit(lease) ?? [] { actions.append(.sums(.discard(node: superfluous))) }
        actions.append(.sums(.commit(lease: lease.identifier, node: node)))
        hashIfContested(node, besides: lease.identifier)
        while let parent = current?.join(node) {
            actions.append(.sums(.fold(node: parent)))
            hashIfContested(parent, besides: nil)
            node = parent
        }
        settle()
    }

    private mutating func hashIfContested(_ node: Int, besides lease: UInt64?) {
        guard let current, current.isContested(node, besides: lease) else { return }
        actions.append(.sums(.hashNode(current.round, node: node)))
    }

    /// Hands the root's sum over.
    mutating func finish() {
        guard let current else { return }
        self.current?.isFinished = true
        let report = RoundReport(
            round: current.round, partials: current.deliveredPartials, moves: current.moves, workers: activeWorkers)
        note(.finished(report))
        actions.append(.run(.finished(report)))
    }

    // MARK: - Rounds

    func state(of round: Round) -> RoundState? {
        round == current?.round ? current : history.first { $0.round == round }
    }

    /// Changes what is known of a round that is still of interest.
    mutating func change(_ round: Round, _ change: (inout RoundState) -> Void) {
        if current?.round == round, current != nil {
            change(&current!)
        } else if let index = history.firstIndex(where: { $0.round == round }) {
            change(&history[index])
        }
    }

    mutating func update(_ lease: UInt64, in round: Round, _ change: (inout LeaseRecord) -> Void) {
        self.change(round) { state in
            if var record = state.leases[lease] {
                change(&record)
                state.leases[lease] = record
            }
        }
    }
}
