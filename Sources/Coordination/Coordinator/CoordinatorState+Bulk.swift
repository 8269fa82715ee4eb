import Contract

/// What leaves over the bulk link, within each worker's credit.
extension CoordinatorState {
    /// Puts a step's parameters in line for a worker that was not sent them last, or says where in memory they are.
    mutating func sendParameters(of step: Int, to peer: Peer) {
        guard members[peer]?.parametersStep != step else { return }
        members[peer]?.parametersStep = step
        members[peer]?.resentStep = nil
        if members[peer]?.memory != nil, step == current?.round.step {
            members[peer]?.outbox.dropParameters()
            return actions.append(.transfer(.storedParameters(step: step), to: peer))
        }
        members[peer]?.outbox.enqueueParameters(step: step)
        pump(peer)
    }

    /// Sends parameters that a worker asks for, over the link.
    ///
    /// A worker that wants the parameters of a step that is over waits for nothing that will come: it may have other work.
    mutating func resendParameters(step: Int, to peer: Peer) {
        guard stepsInUse.contains(step) else { return forgive(peer) }
        // Whoever waits for them on a slow link asks again; within a connection nothing is lost.
        guard members[peer]?.isResent(step) == false else { return }
        members[peer]?.resentStep = step
        members[peer]?.parametersStep = step
        members[peer]?.outbox.enqueueParameters(step: step)
        pump(peer)
    }

    mutating func enqueue(_ wanted: WorkerMessage.RowsWanted, for peer: Peer) {
        let contract = configuration.contract
        let limit = wanted.split == .training ? contract.trainingExamples : contract.validationExamples
        guard wanted.examples.allSatisfy({ Int($0) < limit }) else {
            return count(\.malformed, .malformed, of: peer)
        }
        if members[peer]?.outbox.enqueue(wanted) == false { count(\.malformed, .malformed, of: peer) }
        pump(peer)
    }

    mutating func takeCredit(_ bytes: Int, from peer: Peer) {
        if members[peer]?.window.refund(bytes, at: now) == true { extendDeadlines(of: peer) }
        pump(peer)
    }

    mutating func pump(_ peer: Peer) {
        dropOldParameters(of: peer)
        guard var member = members[peer], member.standing == .active else { return }
        while let transfer = member.outbox.next(within: member.window) {
            member.window.spend(bytes(of: transfer), at: now)
            actions.append(.transfer(transfer, to: peer))
        }
        members[peer] = member
    }

    /// Parameters of a step that is over are nobody's any more: a worker that still waits for them may have other work.
    private mutating func dropOldParameters(of peer: Peer) {
        guard let step = members[peer]?.outbox.parametersStep, !stepsInUse.contains(step) else { return }
        members[peer]?.outbox.dropParameters()
        members[peer]?.parametersStep = nil
        forgive(peer)
    }

    private func bytes(of transfer: Transfer) -> Int {
        switch transfer {
        case .parameters(_, _, let bytes, _): bytes
        case .rows(_, let examples): examples.count * sizes.exampleBytes
        case .storedParameters: 0
        }
    }
}
