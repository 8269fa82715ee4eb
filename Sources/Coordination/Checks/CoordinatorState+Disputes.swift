import Contract

/// What happens when two workers computed different sums of one node.
///
/// A step is not applied while one of its sums, or one of the two rounds before, is in question: a third worker computes the
/// node, and whoever stands alone is quarantined. Where that is the worker whose sum was used, the run goes back.
extension CoordinatorState {
    /// Notes the digest of a committed sum, and whose work it is.
    mutating func record(_ digest: [UInt8], of node: Int, in round: Round) {
        if node == ReductionTree.root, take(digestOfSum: digest, of: round) { return }
        change(round) { state in
            state.digests[node] = digest
            state.authors[node] = state.authors(under: node)
        }
    }

    /// Compares a second result with the committed one.
    ///
    /// One that was written over before it was read is as if it had never come: an honest worker that has newer work may need the
    /// slot, and is not to blame.
    mutating func compare(_ digest: [UInt8]?, of identifier: UInt64, in round: Round) {
        guard let digest else { return lose(identifier, in: round) }
        guard let state = state(of: round), let lease = state.leases[identifier],
            let committed = state.digests[lease.node]
        else { return }
        count(\.compared)
        let isAudit = state.unaudited.contains(lease.node)
        if isAudit { count(\.audited) }
        change(round) { $0.unaudited.remove(lease.node) }
        let vote = Dispute.Vote(digest: digest, authors: [lease.name])
        if let index = disputes.firstIndex(where: { $0.round == round && $0.node == lease.node }) {
            take(vote, index)
        } else if committed == digest {
            // The second of two that were to come is no later than it should be, whoever was to check the other.
            let isCheck = lease.isCheck || isAudit || state.recomputation != nil
            note(.resultAgrees(round, node: lease.node, from: lease.name, isCheck: isCheck))
        } else {
            let first = Dispute.Vote(digest: committed, authors: state.authors[lease.node] ?? [])
            open(Dispute(round: round, node: lease.node, committed: committed, votes: [first, vote]))
        }
        settle()
    }

    private mutating func lose(_ identifier: UInt64, in round: Round) {
        guard let lease = state(of: round)?.leases[identifier] else { return }
        change(round) { $0.leases[identifier]?.state = .lost }
        count(\.strayChunks, .stray, of: lease.peer)
        settle()
    }

    private mutating func open(_ dispute: Dispute) {
        count(\.mismatches)
        disputes.append(dispute)
        note(.resultsDiffer(dispute.round, node: dispute.node, names: dispute.authors.sorted()))
    }

    // MARK: - Settling

    /// Hands the round's sum over once nothing of it, or of what came before, is in question.
    mutating func settle() {
        guard !isOver, let current, current.isComplete, !current.isFinished else { return }
        leaseAudits()
        guard self.current?.unaudited.isEmpty == true else { return }
        if let dispute = disputes.first { return seeDecided(dispute) }
        if !isComputedAgain() { finish() }
    }

    /// Has a further worker compute the node, unless one is at it.
    private mutating func seeDecided(_ dispute: Dispute) {
        guard isRunning, !isBeingDecided(dispute) else { return }
        let able = activeMembers.filter { !dispute.authors.contains($0.name) }
        guard let judge = able.first(where: { $0.punctuality.isGood(at: now) }) ?? able.first else {
            return startWaiting()
        }
        wait = nil
        disputes[0].lease = lease(dispute.node, to: judge, in: dispute.round, isCheck: true)
    }

    private func isBeingDecided(_ dispute: Dispute) -> Bool {
        guard let lease = dispute.lease.flatMap({ state(of: dispute.round)?.leases[$0] }) else { return false }
        return lease.state == .live || lease.state == .complete
    }

    /// A judge that misses its deadline is replaced like any other worker.
    mutating func replaceOverdueJudge() {
        guard let dispute = disputes.first, dispute.round != current?.round, let identifier = dispute.lease,
            let lease = state(of: dispute.round)?.leases[identifier], lease.state == .live, now > lease.deadline
        else { return }
        members[lease.peer]?.punctuality.miss(leaseOf: lease.issued)
        change(dispute.round) { $0.leases[identifier]?.state = .moved }
        settle()
    }

    // MARK: - Deciding

    /// Whoever computes the same twice is heard once.
    private mutating func take(_ vote: Dispute.Vote, _ index: Int) {
        guard disputes[index].authors.isDisjoint(with: vote.authors) else { return }
        disputes[index].votes.append(vote)
        disputes[index].lease = nil
        guard let truth = disputes[index].truth else { return }
        wait = nil
        decide(disputes.remove(at: index), truth)
    }

    private mutating func decide(_ dispute: Dispute, _ truth: [UInt8]) {
        let isGood = dispute.committed == truth
        let losers = dispute.votes.filter { $0.digest != truth }.map(\.authors)
        note(.decided(dispute.round, node: dispute.node, committedIsRight: isGood))
        for authors in losers { blame(authors, for: dispute) }
        if !isGood, dispute.round.kind == .training { return goBack(dispute) }
        for member in orderedMembers where trust.quarantined[account(of: member)] != nil {
            remove(member.peer, because: "quarantined")
        }
    }

    /// Where several folded a wrong sum, it is not known whose part was wrong, and nobody is quarantined.
    private mutating func blame(_ authors: Set<String>, for dispute: Dispute) {
        guard authors.count == 1, let name = authors.first else {
            return note(.suspected(dispute.round, node: dispute.node, names: authors.sorted()))
        }
        let account = account(of: name, in: dispute.round)
        let sentence =
            "\(account) is quarantined for the rest of this run: two other workers agree that \(name == account ? "its" : "\(name)'s") sum of node \(dispute.node) in "
            + "\(dispute.round) was wrong; test that machine's memory, then start it under another name"
        trust.quarantine(account, sentence)
        actions.append(.run(.quarantine(name: account, sentence: sentence)))
        note(.quarantined(sentence))
        for member in orderedMembers where self.account(of: member) == account {
            send(.refused(sentence), to: member.peer)
        }
    }

    /// What a worker is known by from one connection to the next: the name that its key proves, else the one it goes by.
    private func account(of member: Member) -> String { member.peer.provenName ?? member.name }

    private func account(of name: String, in round: Round) -> String {
        state(of: round)?.leases.values.first { $0.name == name }?.peer.provenName ?? name
    }

    private mutating func goBack(_ dispute: Dispute) {
        guard !isOver else { return }
        phase = .over
        let sentence =
            "\(dispute.round) used a wrong sum of node \(dispute.node): going back to a state before it, "
            + "and computing again from there"
        actions.append(.run(.goBack(step: dispute.round.step, sentence: sentence)))
    }
}
