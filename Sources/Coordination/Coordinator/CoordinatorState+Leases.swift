import Contract

/// Who computes what, and until when.
extension CoordinatorState {
    mutating func begin(_ round: Round) {
        if let old = current { retire(old) }
        current = RoundState(round, tree: tree)
        leaseUncovered()
        noteIdleWorkers()
    }

    /// Keeps a round's leases for two rounds more, so that late results can be compared.
    private mutating func retire(_ round: RoundState) {
        history.append(round)
        guard history.count > 2 else { return }
        let oldest = history.removeFirst()
        for lease in oldest.leases.keys.sorted() where oldest.leases[lease]?.state != .complete {
            actions.append(.drop(lease: lease))
        }
    }

    /// Gives every shard that nobody computes to somebody who can.
    mutating func leaseUncovered() {
        guard let round = current, !round.isComplete, stopping == nil else { return }
        let shards = round.uncovered
        guard !shards.isEmpty else { return }
        let workers = candidates()
        guard !workers.isEmpty else { return startWaiting() }
        for grant in distribution(of: shards, over: workers, in: round.round) { lease(grant) }
    }

    /// Those who are on time, or, where there is none, those who are late.
    private func candidates() -> [Member] {
        let active = orderedMembers.filter { $0.standing == .active }
        let punctual = active.filter { !$0.isLate }
        return punctual.isEmpty ? active : punctual
    }

    private mutating func startWaiting() {
        guard waitingSince == nil else { return }
        waitingSince = now
        reminderDue = now + timing.reminder
        note(.waiting(seconds: 0))
    }

    /// A whole round's distribution is kept while the same workers are there, so that shards stay where they are.
    private mutating func distribution(
        of shards: [Int], over workers: [Member], in round: Round
    ) -> [Assignment.Grant] {
        let shares = workers.map {
            Assignment.Share(peer: $0.peer, threads: $0.threads, holdings: $0.holdings[round.kind.split] ?? [])
        }
        guard shards.count == tree.leaves else { return Assignment.distribute(shards, over: shares, in: tree) }
        let peers = workers.map(\.peer)
        if let cached = assignments[round.kind], cached.peers == peers { return grants(of: cached) }
        let grants = Assignment.distribute(shards, over: shares, in: tree)
        assignments[round.kind] = CachedAssignment(
            peers: peers, nodes: Dictionary(grouping: grants, by: \.peer).mapValues { $0.map(\.node) })
        return grants
    }

    private func grants(of cached: CachedAssignment) -> [Assignment.Grant] {
        cached.peers.flatMap { peer in (cached.nodes[peer] ?? []).map { Assignment.Grant(peer: peer, node: $0) } }
    }

    private mutating func lease(_ grant: Assignment.Grant) {
        guard let round = current?.round, let member = members[grant.peer] else { return }
        let lease = LeaseRecord(
            identifier: nextLease, peer: grant.peer, node: grant.node, issued: now,
            deadline: now + deadline(for: grant.node),
            received: ChunkSet(total: sizes.partialBytes(round.kind), chunkBytes: sizes.chunkBytes))
        nextLease += 1
        current?.leases[lease.identifier] = lease
        noteMoves(of: grant.node, to: member)
        members[grant.peer]?.holdings[round.kind.split, default: []].formUnion(tree.shards(under: grant.node))
        send(.lease(.init(identifier: lease.identifier, round: round, node: grant.node)), to: grant.peer)
        sendParameters(to: grant.peer)
    }

    /// One line for each new lease that stands for an old one.
    private mutating func noteMoves(of node: Int, to member: Member) {
        guard let round = current?.round else { return }
        var orphan: RoundState.Orphan?
        for shard in tree.shards(under: node) { orphan = current?.orphans.removeValue(forKey: shard) ?? orphan }
        guard let orphan else { return }
        current?.moves += 1
        note(.moved(round, node: node, from: orphan.from, to: member.name, reason: orphan.reason))
    }

    // MARK: - Deadlines

    /// Several times what such a node took lately, and twice that for each lease before it.
    private func deadline(for node: Int) -> Duration {
        guard let round = current else { return timing.firstDeadline }
        let patience = 1 << min(round.attempts(at: node), 6)
        guard let leafTime = leafTimes[round.round.kind] else { return timing.firstDeadline * patience }
        let expected = Duration.seconds(leafTime * Double(tree.shards(under: node).count))
        return max(timing.shortestDeadline, expected * timing.deadlineFactor) * patience
    }

    /// Learns how long a leaf takes, from a lease that was fulfilled.
    mutating func learn(from lease: LeaseRecord, in kind: Round.Kind) {
        let seconds = (now - lease.issued).inSeconds / Double(tree.shards(under: lease.node).count)
        leafTimes[kind] = leafTimes[kind].map { 0.75 * $0 + 0.25 * seconds } ?? seconds
    }

    /// Data is moving, so the worker is not to blame that it has not computed yet.
    mutating func extendDeadlines(of peer: Peer) {
        guard let leases = current?.leases else { return }
        let earliest = now + timing.shortestDeadline
        for lease in leases.values where lease.peer == peer && lease.state == .live && lease.deadline < earliest {
            current?.leases[lease.identifier]?.deadline = earliest
        }
    }

    mutating func moveOverdueLeases() {
        guard let round = current, !round.isComplete else { return }
        let overdue = round.leases.values.filter { $0.state == .live && now > $0.deadline }
        for lease in overdue.sorted(by: { $0.identifier < $1.identifier }) {
            members[lease.peer]?.isLate = true
            let name = members[lease.peer]?.name ?? "a worker"
            vacate(lease, from: name, because: "missed its deadline after \((now - lease.issued).text)", to: .moved)
        }
        if !overdue.isEmpty { leaseUncovered() }
    }

    // MARK: - Losing

    mutating func loseLeases(of member: Member, because reason: String) {
        for index in history.indices { history[index].loseLeases(of: member.peer) }
        guard let round = current else { return }
        for lease in round.leases.values.sorted(by: { $0.identifier < $1.identifier }) where lease.peer == member.peer {
            if lease.state != .complete { actions.append(.drop(lease: lease.identifier)) }
            if lease.state == .live { vacate(lease, from: member.name, because: reason, to: .lost) }
            if lease.state == .moved { current?.leases[lease.identifier]?.state = .lost }
        }
    }

    private mutating func vacate(
        _ lease: LeaseRecord, from name: String, because reason: String, to state: LeaseRecord.State
    ) {
        current?.leases[lease.identifier]?.state = state
        for shard in tree.shards(under: lease.node) {
            current?.orphans[shard] = RoundState.Orphan(from: name, reason: reason)
        }
    }

    // MARK: - Idle workers

    /// Says once when shards are too few for all workers, and again when that changes.
    private mutating func noteIdleWorkers() {
        let busy = Set(current?.leases.values.map(\.peer) ?? [])
        let names = orderedMembers.filter { $0.standing == .active && !$0.isLate && !busy.contains($0.peer) }.map(
            \.name)
        if !names.isEmpty, names != idleNames { note(.idle(names: names, shards: tree.leaves)) }
        idleNames = names
    }
}

extension RoundState {
    /// Expects nothing more of a worker that is gone.
    mutating func loseLeases(of peer: Peer) {
        for lease in leases.values where lease.peer == peer && lease.state != .complete {
            leases[lease.identifier]?.state = .lost
        }
    }
}
