import Contract

/// Work that is given to two workers on purpose.
extension CoordinatorState {
    /// Chooses which nodes of a whole round's distribution are computed twice. Evaluations fix no bits and are left out, and rounds whose sums
    /// workers add are computed twice as a whole.
    mutating func chooseAudits(among nodes: [Int], in round: Round) {
        guard let audit = configuration.audit, round.kind == .training, current?.scatter == nil else { return }
        for node in nodes {
            let shard = tree.shards(under: node).lowerBound
            if audit.chooses(shard: shard, inStep: round.step) { current?.unaudited.insert(node) }
        }
    }

    /// Sees to it that somebody else computes each chosen node, too. Until the round's sum is complete somebody may still join
    /// who can.
    mutating func leaseAudits() {
        guard let nodes = current?.unaudited.sorted() else { return }
        for node in nodes {
            guard let round = current, round.computations(of: node) < 2 else { continue }
            let taken = round.holders(of: node).union(round.authors(under: node))
            if let auditor = auditor(of: node, besides: taken) {
                lease(node, to: auditor, in: round.round, isCheck: true)
            } else if round.isComplete, !round.leases.values.contains(where: { $0.node == node && $0.state == .moved })
            {
                giveUpAudit(of: node)
            }
        }
    }

    /// One drawn from those who are on time.
    private func auditor(of node: Int, besides taken: Set<String>) -> Member? {
        guard let round = current?.round, let audit = configuration.audit else { return nil }
        let able = activeMembers.filter { $0.punctuality.isGood(at: now) && !taken.contains($0.name) }
        if able.isEmpty { return nil }
        let shard = tree.shards(under: node).lowerBound
        return able[audit.auditor(ofShard: shard, inStep: round.step, among: able.count)]
    }

    mutating func giveUpAudit(of node: Int) {
        guard let round = current?.round else { return }
        count(\.unaudited)
        current?.unaudited.remove(node)
        if !told.lackOfAuditors { note(.unaudited(round, node: node)) }
        told.lackOfAuditors = true
    }
}

extension RoundState {
    /// The names of those who were given exactly this node and have not been lost.
    func holders(of node: Int) -> Set<String> {
        Set(leases.values.filter { $0.node == node && $0.state != .lost }.map(\.name))
    }

    /// How many workers have computed a node or are expected to: its leaseholders, and those who compute it in parts or within
    /// a larger node.
    func computations(of node: Int) -> Int {
        let exact = leases.values.filter { $0.node == node && ($0.state == .live || $0.state == .complete) }
        let isComputedOtherwise = isCommitted(node) ? !exact.contains(where: \.isUsed) : exact.isEmpty
        return Set(exact.map(\.name)).count + (isComputedOtherwise ? 1 : 0)
    }
}
