import Contract

/// What happens when audits meet duties: a round whose sum workers have added may be computed again as a whole.
///
/// Whether it is depends on the key of the audits, and nobody can tell before the workers' sum is complete. So a wrong sum, whether somebody
/// computed, added or passed on wrongly, is noticed with the audits' probability, and is never applied then. It is computed again as in a round that the coordinator
/// adds and all of whose nodes are audited: were they computed only once more, whoever adds the same error to all that it computes would go unnoticed. Only
/// that second sum is used.
extension CoordinatorState {
    /// Whether the round goes on though its sum is complete and nothing of it is in question.
    mutating func isComputedAgain() -> Bool {
        guard let round = current else { return false }
        switch round.recomputation?.stage {
        case nil: return beginRecomputation(of: round)
        case .begun, .hashing: return true
        case .computing(let first):
            current?.recomputation?.stage = .hashing(first: first)
            actions.append(.sums(.hashNode(round.round, node: ReductionTree.root)))
            return true
        case .compared: return false
        }
    }

    /// Begins where audits choose the round, and there is a second worker.
    private mutating func beginRecomputation(of round: RoundState) -> Bool {
        guard let audit = configuration.audit, let scatter = round.scatter, audit.choosesRound(ofStep: round.round.step)
        else { return false }
        let able = activeMembers.filter { $0.punctuality.isGood(at: now) }
        guard able.count > 1 else {
            giveUpAudit(of: ReductionTree.root)
            return false
        }
        let first = round.leases.values.filter { $0.state == .live || $0.state == .delivered }
        let holders = orderedMembers.filter { scatter.duties.holders.contains($0.peer.identity) }.map(\.name)
        current?.computeAgain(besides: Set(first.map(\.name)).union(holders).sorted())
        actions.append(.sums(.hashNode(round.round, node: ReductionTree.root)))
        actions.append(.sums(.discard(node: ReductionTree.root)))
        note(.computedAgain(round.round))
        leaseAgain(first.sorted { $0.identifier < $1.identifier }, to: able, audit)
        leaseUncovered()
        return true
    }

    /// Everybody gets what another has computed.
    private mutating func leaseAgain(_ first: [LeaseRecord], to able: [Member], _ audit: Audit) {
        guard let round = current?.round else { return }
        for (index, lease) in first.enumerated() {
            // A late worker and the one in its place may both have delivered.
            guard let missing = current?.uncovered, tree.shards(under: lease.node).allSatisfy(missing.contains) else {
                continue
            }
            let place = able.firstIndex { $0.peer == lease.peer } ?? index % able.count
            current?.unaudited.insert(lease.node)
            let successor = audit.successor(of: place, among: able.count, inStep: round.step)
            self.lease(lease.node, to: able[successor], in: round, isCheck: true)
        }
    }

    /// Takes the digest of a round's sum in; false where it is awaited for nothing here.
    mutating func take(digestOfSum digest: [UInt8], of round: Round) -> Bool {
        guard round == current?.round else { return false }
        switch current?.recomputation?.stage {
        case .begun: current?.recomputation?.stage = .computing(first: digest)
        case .hashing(let first):
            current?.recomputation?.stage = .compared
            if digest != first { noteDifference() }
        case .computing, .compared, nil: return false
        }
        settle()
        return true
    }

    /// Somebody is wrong. Who of those that computed it again is, disputes have told; who of the first ones, nobody knows: they have no duties any more, and
    /// audits will find whose sums are wrong, too.
    private mutating func noteDifference() {
        guard let round = current, let names = round.recomputation?.names else { return }
        count(\.mismatches)
        mayTrustDuties = false
        duties = nil
        note(.addedWrongly(round.round, names: names))
    }
}

extension RoundState {
    /// Forgets what was computed, and expects everything again.
    fileprivate mutating func computeAgain(besides names: [String]) {
        recomputation = Recomputation(names: names)
        scatter = nil
        committed = CommittedNodes(tree)
        isComputedAnew = true
        for identifier in leases.keys { leases[identifier]?.state = .lost }
    }
}
