import Contract

/// Who computes what, and until when.
extension CoordinatorState {
    mutating func begin(_ round: Round) {
        if let old = current { retire(old) }
        current = RoundState(round, tree: tree)
        chooseDuties()
        leaseUncovered()
        announceStep()
        noteIdleWorkers()
        measureIdleWorkersAnew()
    }

    /// Keeps a round's leases for two rounds more, so that late results can be compared.
    private mutating func retire(_ round: RoundState) {
        history.append(round)
        guard history.count > 2 else { return }
        let oldest = history.removeFirst()
        for lease in oldest.leases.keys.sorted() where oldest.leases[lease]?.state != .complete {
            actions.append(.sums(.drop(lease: lease)))
        }
    }

    /// Gives every shard that nobody computes to somebody who can, and every node that is audited to a second worker.
    mutating func leaseUncovered() {
        guard current?.isFinished == false, isRunning else { return }
        leaseMissingShards()
        leaseAudits()
        settle()
    }

    private mutating func leaseMissingShards() {
        guard let round = current, !round.isComplete else { return }
        let shards = round.uncovered
        guard !shards.isEmpty else { return }
        let workers = contributors(among: candidates())
        guard !workers.isEmpty else {
            return activeWorkers == 0
                ? startWaiting() : abandonDuties(because: "nobody else reaches those who add sums", forStar: true)
        }
        if isGivenOutInParts(round.round) { return leaseParts(shards, of: round) }
        let grants = distribution(of: shards, over: workers, in: round.round)
        if shards.count == tree.leaves { chooseAudits(among: grants.map(\.node), in: round.round) }
        for grant in grants {
            guard let member = members[grant.peer] else { continue }
            if round.recomputation != nil { current?.unaudited.insert(grant.node) }
            lease(grant.node, to: member, in: round.round, isCheck: false)
        }
    }

    func isGivenOutInParts(_ round: Round) -> Bool {
        round.kind == .evaluation && configuration.givesEvaluationsInParts
    }

    /// Gives everybody a leaf for each thread that has none. What is left waits for the first thread that is done: so who comes later finds work, and
    /// who goes takes little of it along.
    private mutating func leaseParts(_ shards: [Int], of round: RoundState) {
        var free = Set(shards)
        for member in workersForParts {
            let holdings = member.holdings[round.round.kind.split] ?? []
            var idle = member.threads - round.liveLeaves(of: member.peer, tree)
            while idle > 0, let node = tree.largestNode(within: free, upTo: idle, preferring: holdings) {
                let part = tree.shards(under: node)
                free.subtract(part)
                idle -= part.count
                lease(node, to: member, in: round.round, isCheck: false)
            }
        }
    }

    /// Those who owe nothing that is overdue, or all where everybody does. Nobody has to rest: who is late holds up its own part alone.
    private var workersForParts: [Member] {
        let active = activeMembers
        let prompt = active.filter { $0.punctuality.lateSince == nil }
        return prompt.isEmpty ? active : prompt
    }

    /// Whether parts wait though somebody has nothing to do.
    func isAnybodyIdle(in round: RoundState) -> Bool {
        workersForParts.contains { round.liveLeaves(of: $0.peer, tree) == 0 }
    }

    /// Those who are on time, or, where there is none, those who are late or rest.
    func candidates() -> [Member] {
        let active = activeMembers
        let punctual = active.filter { $0.punctuality.isGood(at: now) }
        return punctual.isEmpty ? active : punctual
    }

    mutating func startWaiting() {
        guard wait == nil else { return }
        wait = Wait(since: now, reminderDue: now + timing.reminder)
        noteWaiting(seconds: 0)
    }

    /// A whole round's distribution is kept while the same workers are there and no other is much better, so that shards stay
    /// where they are.
    private mutating func distribution(
        of shards: [Int], over workers: [Member], in round: Round
    ) -> [Assignment.Grant] {
        let shares = shares(of: workers, in: round.kind)
        guard shards.count == tree.leaves else { return Assignment.distribute(shards, over: shares, in: tree) }
        if let cached = keptAssignment(of: round.kind, over: shares) { return grants(of: cached) }
        let grants = Assignment.distribute(shards, over: shares, in: tree)
        experience[round.kind, default: .init()].assignment = Experience.Assignment(
            peers: workers.map(\.peer), homes: shares.map(\.home),
            nodes: Dictionary(grouping: grants, by: \.peer).mapValues { $0.map(\.node) })
        return grants
    }

    private func grants(of cached: Experience.Assignment) -> [Assignment.Grant] {
        cached.peers.flatMap { peer in (cached.nodes[peer] ?? []).map { Assignment.Grant(peer: peer, node: $0) } }
    }

    /// Gives a worker a node of the current round, or of one that is looked at again.
    /// - Returns: The lease's number.
    @discardableResult
    mutating func lease(_ node: Int, to member: Member, in round: Round, isCheck: Bool) -> UInt64 {
        let lease = LeaseRecord(
            identifier: numbers.lease, peer: member.peer, name: member.name, node: node, isCheck: isCheck, issued: now,
            deadline: now + deadline(for: node, in: round, by: member),
            received: ChunkSet(total: sizes.partialBytes(round.kind), chunkBytes: sizes.chunkBytes))
        numbers.lease += 1
        change(round) { state in
            // The worker delivers under its newest lease of a node.
            _ = state.loseMovedLeases(of: member.peer, node: node)
            state.leases[lease.identifier] = lease
        }
        let isAnew = state(of: round)?.basis == .coordinatorAgain
        if !isCheck { noteMoves(of: node, to: member) }
        if !isCheck, !isAnew {
            members[member.peer]?.holdings[round.kind.split, default: []].formUnion(tree.shards(under: node))
        }
        let message = CoordinatorMessage.lease(
            .init(
                identifier: lease.identifier, round: round, node: node, isCheck: isCheck || isAnew,
                duties: state(of: round)?.duties ?? Duties.star))
        // Where parameters lie in memory their news goes first: the two messages then wake a worker once, when it can begin. On the
        // bulk link they would overtake the lease, and a worker drops those of an earlier step than its round's.
        if member.memory != nil, round.step == current?.round.step {
            sendParameters(of: round.step, to: member.peer)
            send(message, to: member.peer)
        } else {
            send(message, to: member.peer)
            // Of earlier steps than the last that it was sent a worker drops what comes before the lease; so it asks for those.
            if member.parametersStep ?? 0 <= round.step { sendParameters(of: round.step, to: member.peer) }
        }
        return lease.identifier
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
    ///
    /// A worker's first result of a kind may take it much longer than others, since it compiles what it needs for it.
    private func deadline(for node: Int, in round: Round, by member: Member) -> Duration {
        let patience = 1 << min(state(of: round)?.attempts(at: node) ?? 0, 6)
        guard let typical = experience[round.kind]?.leafTime else { return timing.firstDeadline * patience }
        let leafTime = max(typical, member.leafTimes[round.kind] ?? 0)
        let expected = Duration.seconds(leafTime * Double(turns(of: member, for: node)))
        let shortest = member.leafTimes[round.kind] == nil ? timing.shortestFirstDeadline : timing.shortestDeadline
        return max(shortest, expected * timing.deadlineFactor) * patience
    }

    /// How many leaves one thread of a worker computes, one after the other, for a node.
    func turns(of member: Member, for node: Int) -> Int {
        (tree.shards(under: node).count + member.threads - 1) / member.threads
    }

    /// Where parts are given out, leases of when nobody knew how long a leaf takes are not to hold the last of them up.
    mutating func shortenDeadlines(in kind: Round.Kind) {
        guard let round = current, isGivenOutInParts(round.round), round.round.kind == kind else { return }
        for lease in round.leases.values where lease.state == .live {
            guard let member = members[lease.peer] else { continue }
            let due = now + deadline(for: lease.node, in: round.round, by: member)
            current?.leases[lease.identifier]?.deadline = min(lease.deadline, due)
        }
    }

    /// Data is moving, so the worker is not to blame that it has not computed yet; but it may not make that last for ever.
    ///
    /// How soon the next piece may be expected depends on the link: some times as long as one took lately.
    ///
    /// - Parameter pause: How long this piece came after the one before it, for a sum that arrives.
    mutating func extendDeadlines(of peer: Peer, pause: Duration? = nil) {
        guard let leases = current?.leases, let wait = members[peer]?.window.latestWait else { return }
        let patience = max(timing.shortestDeadline, max(wait, pause ?? .zero) * timing.deadlineFactor)
        for lease in leases.values where lease.peer == peer && lease.state == .live {
            let earliest = min(now + patience, lease.issued + timing.longestTransfer)
            if lease.deadline < earliest { current?.leases[lease.identifier]?.deadline = earliest }
        }
    }

    /// Leases of one node in a round, after which nobody but the coordinator adds its sums.
    private static let mostAttempts = 4

    mutating func moveOverdueLeases() {
        replaceOverdueJudge()
        replaceLateHolders()
        guard let round = current, !round.isFinished else { return }
        let overdue = round.leases.values.filter { $0.state == .live && now > $0.deadline }
        for lease in overdue.sorted(by: { $0.identifier < $1.identifier }) {
            members[lease.peer]?.punctuality.miss(leaseOf: lease.issued)
            let name = members[lease.peer]?.name ?? "a worker"
            vacate(lease, from: name, because: "missed its deadline after \((now - lease.issued).text)", to: .moved)
        }
        if overdue.contains(where: { round.attempts(at: $0.node) > Self.mostAttempts }) {
            abandonDuties(because: "sums do not get to those who add them", forStar: true)
        }
        // Whoever has rested long enough gets the next part.
        if !overdue.isEmpty || isGivenOutInParts(round.round) { leaseUncovered() }
    }

    // MARK: - Losing

    mutating func loseLeases(of member: Member, because reason: String) {
        for index in history.indices { history[index].loseLeases(of: member.peer) }
        guard let round = current else { return }
        for lease in round.leases.values.sorted(by: { $0.identifier < $1.identifier }) where lease.peer == member.peer {
            if lease.state != .complete { actions.append(.sums(.drop(lease: lease.identifier))) }
            if lease.state == .live { vacate(lease, from: member.name, because: reason, to: .lost) }
            if lease.state == .moved { current?.leases[lease.identifier]?.state = .lost }
        }
    }

    private mutating func vacate(
        _ lease: LeaseRecord, from name: String, because reason: String, to state: LeaseRecord.State
    ) {
        current?.leases[lease.identifier]?.state = state
        if lease.isCheck { return }
        for shard in tree.shards(under: lease.node) {
            current?.orphans[shard] = RoundState.Orphan(from: name, reason: reason)
        }
    }

    // MARK: - Idle workers

    /// Says once when shards are too few for all workers, and again when that changes. An evaluation may need fewer.
    private mutating func noteIdleWorkers() {
        guard current?.round.kind == .training else { return }
        let busy = Set(current?.leases.values.map(\.peer) ?? [])
        let able = activeMembers.filter { $0.punctuality.isGood(at: now) }
        let areShardsFew = able.reduce(0) { $0 + $1.threads } > tree.leaves
        let names = areShardsFew ? able.filter { !busy.contains($0.peer) }.map(\.name) : []
        if !names.isEmpty, names != told.idle { note(.idle(names: names, shards: tree.leaves)) }
        told.idle = names
    }
}

extension ReductionTree {
    /// Of the nodes that have most shards, at most `count` and all among `shards`, the first with most of those that somebody has already; nil
    /// where there are none.
    fileprivate func largestNode(within shards: Set<Int>, upTo count: Int, preferring held: Set<Int>) -> Int? {
        var size = leaves
        while size > 0 {
            defer { size /= 2 }
            guard size <= count else { continue }
            let first = leaves / size
            let nodes = (first..<2 * first).filter { self.shards(under: $0).allSatisfy(shards.contains) }
            let best = nodes.max { left, right in
                let counts = [left, right].map { self.shards(under: $0).count(where: held.contains) }
                return (counts[0], right) < (counts[1], left)
            }
            if let best { return best }
        }
        return nil
    }
}

extension RoundState {
    /// How many leaves are expected of a worker in time.
    fileprivate func liveLeaves(of peer: Peer, _ tree: ReductionTree) -> Int {
        leases.values.reduce(0) {
            $1.peer == peer && $1.state == .live ? $0 + tree.shards(under: $1.node).count : $0
        }
    }
}

extension RoundState {
    /// Expects nothing more of a worker's overdue leases, of one node or of all; answers whether there were any.
    mutating func loseMovedLeases(of peer: Peer, node: Int? = nil) -> Bool {
        let moved = leases.values.filter { $0.peer == peer && $0.state == .moved && (node ?? $0.node) == $0.node }
        for lease in moved { leases[lease.identifier]?.state = .lost }
        return !moved.isEmpty
    }

    /// Expects nothing more of a worker that is gone.
    mutating func loseLeases(of peer: Peer) {
        for lease in leases.values where lease.peer == peer && lease.state != .complete {
            leases[lease.identifier]?.state = .lost
        }
    }
}
