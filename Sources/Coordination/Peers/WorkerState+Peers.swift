import Contract

/// Connections to other workers: whom they lead to, whether they live, and what comes over them.
extension WorkerState {
    /// How often those who do not answer yet are greeted.
    private static let greetingInterval = Duration.milliseconds(50)

    // MARK: - Connections

    /// Learns who is there. Connections to those who were there before stay.
    mutating func meet(_ table: PeerTable) {
        guard let welcome, phase == .member else { return }
        peers.own = table.own
        let others = table.others.filter { !$0.address.isEmpty }
        let before = peers.links
        peers.links = others.reduce(into: [:]) { links, entry in
            let known = peers.links[entry.identity].flatMap { $0.entry == entry ? $0 : nil }
            links[entry.identity] = known ?? PeerLink(entry, sizes: welcome.sizes, timing: timing, at: now)
        }
        for (identity, link) in before where peers.links[identity]?.entry != link.entry { giveUp(link.leases) }
        actions.append(.introduce(table.others))
        for entry in others where peers.links[entry.identity]?.isUp == false { greet(entry.identity) }
        sendReached()
    }

    /// Forgets everybody; a coordinator that does not know this worker has told the others.
    mutating func leavePeers() {
        guard !peers.own.isEmpty || peers.fold != nil || peers.duties != nil else { return }
        peers = PeerState()
        actions.append(.introduce([]))
        actions.append(.forgetPieces)
    }

    private mutating func greet(_ identity: [UInt8]) {
        actions.append(.sendPeer(peerEnvelope(.greeting(to: identity)), to: identity))
    }

    /// Those who answer with each heartbeat, the others as often as time passes.
    mutating func greetPeers(thatAnswer isUp: Bool) {
        for identity in peers.identities(where: { $0.isUp == isUp }) { greet(identity) }
    }

    private func peerEnvelope(_ message: PeerMessage, step: Int? = nil) -> Envelope<PeerMessage> {
        var fence = fence
        fence.step = step ?? round?.step ?? 0
        return Envelope(message, fence: fence)
    }

    private mutating func sendReached() { send(.reached(peers.reached)) }

    /// A connection ended, with all that was on its way, or did not come about.
    mutating func losePeer(_ identity: [UInt8]) {
        let now = now
        if peers.links[identity]?.isUp == true { reopen(identity) } else { peers.links[identity]?.refuse(at: now) }
    }

    private mutating func reopen(_ identity: [UInt8]) {
        guard let link = peers.links[identity], let welcome else { return }
        giveUp(peers.links[identity]?.reopen(welcome.sizes, at: now) ?? [])
        actions.append(.reconnect(link.entry))
        greet(identity)
        if link.isUp { sendReached() }
    }

    /// A connection can come up and lead nowhere, or stop carrying anything without a word.
    mutating func seeToPeers() {
        for identity in peers.identities(where: { $0.isToBeReopened(at: now, timing) }) { reopen(identity) }
        if now >= peers.greetingDue {
            peers.greetingDue = now + Self.greetingInterval
            greetPeers(thatAnswer: false)
        }
        askForMissingParameters()
    }

    // MARK: - Messages

    mutating func receive(_ envelope: Envelope<PeerMessage>, over connection: PeerConnection) {
        switch connection {
        case .door(let name): answer(envelope, over: name)
        case .line(let identity): take(envelope, of: identity)
        }
    }

    /// Whatever its contents are worth, what came was taken.
    private mutating func answer(_ envelope: Envelope<PeerMessage>, over name: [UInt8]) {
        let isOfRun = phase == .member && envelope.fence.matches(fence)
        switch envelope.body {
        case .greeting(let identity):
            if isOfRun, identity == peers.own { actions.append(.answerPeer(peerEnvelope(.greeted), over: name)) }
        case .sum(let piece):
            actions.append(.answerPeer(peerEnvelope(.credit(bytes: piece.bytes)), over: name))
            if isOfRun { take(piece, isOwn: false) } else { countMalformed() }
        case .parameters(let offset, let bytes, let duties):
            actions.append(.answerPeer(peerEnvelope(.credit(bytes: bytes)), over: name))
            if isOfRun, peers.canBegin(envelope.fence.step) {
                let chunk = PassedParameters(
                    step: envelope.fence.step, duties: duties, offset: offset, bytes: bytes)
                if mayPassOn(chunk) { keep(chunk) }
                placeParameters(step: chunk.step, offset, bytes, duties, from: .workers)
            }
        case .greeted, .credit: countMalformed()
        }
    }

    private mutating func take(_ envelope: Envelope<PeerMessage>, of identity: [UInt8]) {
        guard peers.links[identity] != nil, envelope.fence.matches(fence) else { return }
        let (now, timing) = (now, timing)
        if peers.links[identity]?.hear(at: now, timing) == true { sendReached() }
        switch envelope.body {
        case .greeted: break
        case .credit(let bytes): takeCredit(bytes, of: identity)
        case .greeting, .sum, .parameters: return countMalformed()
        }
        sendCargo()
    }

    private mutating func takeCredit(_ bytes: Int, of identity: [UInt8]) {
        guard let cargo = peers.links[identity]?.refund(bytes, at: now) else { return countMalformed() }
        peers.taken += bytes
        if case .sum(_, let lease) = cargo { noteDelivered(lease) }
    }

    // MARK: - Sending

    /// Sends what waits, as far as there is credit.
    mutating func sendCargo() {
        let now = now
        for identity in peers.identities(where: \.hasWaiting) {
            while let cargo = peers.links[identity]?.next(at: now) {
                switch cargo {
                case .sum(let piece, _): actions.append(.sendPiece(piece, to: identity))
                case .groupSum(let piece):
                    actions.append(.handOnPiece(piece, to: identity))
                    peers.fold?.release(piece)
                case .parameters(let chunk): actions.append(.passParameters(chunk, to: identity))
                }
            }
        }
    }
}
