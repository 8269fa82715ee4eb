extension CoordinatorState {
    /// Sorts a message out: who is it from, and is it of this run and coordinator?
    mutating func receive(_ envelope: Envelope<WorkerMessage>, from peer: Peer) {
        charge(peer, .none)
        guard !isBarred(peer) else { return }
        if case .hello(let hello) = envelope.body { return greet(hello, from: peer) }
        if case .statusWanted = envelope.body { return actions.append(.sendStatus(to: peer)) }
        guard members[peer] != nil, envelope.fence.matches(fence) else { return answerStranger(envelope, peer) }
        members[peer]?.hear(at: now)
        if isRunning {
            dispatch(envelope, from: peer)
        } else if case .leaving = envelope.body {
            remove(peer, because: "left")
        }
    }

    /// A hello on the second port is answered, and counts as nobody's; anything else there makes no sense.
    mutating func turnAway(_ message: WorkerMessage, of peer: Peer) {
        guard case .hello = message else { return ignoreMalformed(.invalid("link"), from: peer) }
        charge(peer, .none)
        if !isBarred(peer) { actions.append(.turnAway(peer)) }
    }

    private mutating func dispatch(_ envelope: Envelope<WorkerMessage>, from peer: Peer) {
        switch envelope.body {
        case .hello, .statusWanted: break
        case .attach: attach(peer)
        case .ready(let probe): checkProbe(probe, of: peer)
        case .heartbeat(let busy, let taken): takeHeartbeat(busy: busy, taken: taken, from: peer)
        case .parametersWanted: resendParameters(step: envelope.fence.step, to: peer)
        case .rowsWanted(let wanted): enqueue(wanted, for: peer)
        case .credit(let bytes): takeCredit(bytes, from: peer)
        case .partial(let chunk): take(chunk, step: envelope.fence.step, from: peer)
        case .leaving: remove(peer, because: "left")
        case .memory(let region): take(region, from: peer)
        case .sumStored(let chunk, let slot): take(chunk, in: slot, step: envelope.fence.step, from: peer)
        case .reached(let identities): take(reached: identities, from: peer)
        case .delivered(let delivery): take(delivery, from: peer)
        case .rootSum(let piece): take(root: piece, from: peer)
        case .spans(let spans): actions.append(.takeSpans(spans, of: peer))
        case .failed(let sentence): remove(peer, because: "failed: \(Notice.printable(sentence, limit: 256))")
        }
    }

    /// A heartbeat of somebody unknown is answered, so that a worker of an earlier coordinator joins anew.
    private mutating func answerStranger(_ envelope: Envelope<WorkerMessage>, _ peer: Peer) {
        count(\.strangers)
        if case .heartbeat = envelope.body, isRunning { send(.stranger, to: peer) }
    }

    private var fence: Fence {
        Fence(run: configuration.run, epoch: configuration.epoch, step: 0)
    }

    /// A worker that has nothing in hand lost its overdue leases on the way, so it may have others.
    private mutating func takeHeartbeat(busy: Int, taken: Int, from peer: Peer) {
        if let pause = members[peer]?.note(taken: taken, at: now) { extendDeadlines(of: peer, pause: pause) }
        if busy == 0 {
            forgive(peer)
            if let current, isGivenOutInParts(current.round) { leaseUncovered() }
        }
    }

    /// Expects nothing more of a worker's overdue leases, and lets it have new ones once it has rested.
    mutating func forgive(_ peer: Peer) {
        let hasOverdueLeases = current?.loseMovedLeases(of: peer) ?? false
        guard hasOverdueLeases || members[peer]?.punctuality.lateSince != nil else { return }
        members[peer]?.punctuality.forgive(at: now)
        leaseUncovered()
    }
}
