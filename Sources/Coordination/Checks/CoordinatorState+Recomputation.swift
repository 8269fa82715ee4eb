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

    /// Begins where audits choose the round.
    private mutating func beginRecomputation(of round: RoundState) -> Bool {
        guard let audit = configuration.audit, round.scatter != nil, audit.choosesRound(ofStep: round.round.step) else {
            return false
        }
        let first = round.leases.values.filter { $0.state == .live || $0.state == .delivered }
        current?.computeAgain()
        addAgain()
        actions.append(.sums(.hashNode(round.round, node: ReductionTree.root)))
        actions.append(.sums(.discard(node: ReductionTree.root)))
        note(.computedAgain(round.round))
        leaseAgain(first.sorted { $0.identifier < $1.identifier }, audit)
        leaseUncovered()
        return true
    }

    /// Everybody who is on time gets what another has computed.
    private mutating func leaseAgain(_ first: [LeaseRecord], _ audit: Audit) {
        let able = activeMembers.filter { $0.punctuality.isGood(at: now) }
        guard let round = current?.round, able.count > 1 else { return }
        for (index, lease) in first.enumerated() {
            // A late worker and the one in its place may both have delivered.
            guard let missing = current?.uncovered, tree.shards(under: lease.node).allSatisfy(missing.contains) else {
                continue
            }
            let place = able.firstIndex { $0.peer == lease.peer } ?? index % able.count
            current?.unaudited.insert(lease.node)
            let successor = audit.successor(of: place, among: able.count, inStep: round.step)
            self.lease(lease.node, to: able[successor], in: round, isCheck: false)
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
        guard let round = current else { return }
        count(\.mismatches)
        sharing.isTrusted = false
        sharing.duties = nil
        note(.addedWrongly(round.round, names: round.participants.sorted()))
    }
}

extension RoundState {
    /// Everybody whom the first sum may owe its error to.
    fileprivate var participants: Set<String> { holders.union(leases.values.map(\.name)) }

    /// Forgets what was computed, and expects everything again.
    fileprivate mutating func computeAgain() {
        recomputation = Recomputation()
        scatter = nil
        committed = CommittedNodes(tree)
        for identifier in leases.keys { leases[identifier]?.state = .lost }
    }
}
