import Coordination

/// A connection that one worker has opened to another's door.
struct PeerLine: Hashable {
    /// The identities of the two.
    struct Ends: Hashable {
        let from: [UInt8]
        let to: [UInt8]
    }

    let ends: Ends
    /// No two connections have the same.
    let number: Int
    let opensAt: Duration

    /// What the door knows it by.
    var name: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
}

/// What happens to messages between workers.
extension Simulation {
    // MARK: - Connecting

    mutating func introduce(_ entries: [PeerEntry], to index: Int) {
        guard let own = processes[index].peer?.identity else { return }
        let known = Set(entries.filter { !$0.address.isEmpty }.map(\.identity))
        lines = lines.filter { $0.key.from != own || known.contains($0.key.to) }
        for identity in known.sorted(by: { $0.lexicographicallyPrecedes($1) })
        where lines[.init(from: own, to: identity)] == nil { openLine(from: index, to: identity) }
    }

    mutating func openLine(from index: Int, to identity: [UInt8]) {
        guard let own = processes[index].peer?.identity else { return }
        let ends = PeerLine.Ends(from: own, to: identity)
        lines[ends] = PeerLine(ends: ends, number: nextLine, opensAt: now + handshake())
        nextLine += 1
    }

    private func process(_ identity: [UInt8]) -> Int? {
        processes.firstIndex { $0.peer?.identity == identity && $0.isAlive }
    }

    /// The end that opened it hears of it, and opens another.
    mutating func lose(_ line: PeerLine) {
        guard lines[line.ends] == line, let index = process(line.ends.from) else { return }
        lines[line.ends] = nil
        drive(index, .peerLost(line.ends.to))
    }

    // MARK: - Messages

    mutating func transmit(_ envelope: Envelope<PeerMessage>, _ payload: Payload, from index: Int, to identity: [UInt8])
    {
        guard let own = processes[index].peer?.identity else { return }
        guard let line = lines[.init(from: own, to: identity)], line.opensAt <= now else {
            if envelope.body.payloadBytes > 0 { drive(index, .peerLost(identity)) }
            return
        }
        guard let target = process(identity) else {
            // The system closed the connection of a dead process; now and then nobody hears of it.
            if !dice.happens(isCalm ? 0 : 0.3) { plan(.peerLost(line), in: dice.milliseconds(1...100)) }
            return
        }
        send(.toPeer(line, envelope.encoded, payload), payload, over: line, .toCoordinator, from: index, to: target)
    }

    /// Answers over a connection; nothing is heard of one that is gone.
    mutating func answer(_ envelope: Envelope<PeerMessage>, from index: Int, over name: [UInt8]) {
        guard let line = lines.values.first(where: { $0.name == name }), let target = process(line.ends.from) else {
            return
        }
        send(.answered(line, envelope.encoded), .nothing, over: line, .toWorker, from: index, to: target)
    }

    private mutating func send(
        _ delivery: Happening, _ payload: Payload, over line: PeerLine, _ direction: Connections.Direction,
        from index: Int, to target: Int
    ) {
        if !isCalm, dice.happens(scenario.breaks) {
            strike(.brokenPeerConnection)
            tell("a connection from \(processes[index].name) to \(processes[target].name) ends")
            return plan(.peerLost(line), in: dice.milliseconds(1...500))
        }
        if processes[index].isMute { return processes[index].stuck.append(delivery) }
        if processes[target].isDeaf { return processes[target].stuck.append(delivery) }
        var delay = dice.milliseconds(scenario.pace.delays(isCalm: isCalm))
        if !isCalm, dice.happens(scenario.lateness) { delay = dice.milliseconds(500...5_000) }
        let chunks = Double(payload.count) / Double(CoordinatorHost.chunkBytes)
        let arrival = max(
            now + delay + .seconds(chunks * 2.1 / Double(scenario.megabits)),
            lineArrivals[line]?[direction] ?? .zero)
        lineArrivals[line, default: [:]][direction] = arrival
        plan(delivery, in: arrival - now)
    }

    mutating func deliver(_ bytes: [UInt8], _ payload: Payload, over line: PeerLine) {
        guard lines[line.ends] == line, let index = process(line.ends.to),
            let envelope = try? Envelope<PeerMessage>(decoding: bytes)
        else { return }
        drive(index, .receivedFromPeer(envelope, .door(line.name)), payload)
    }

    mutating func deliver(answer bytes: [UInt8], over line: PeerLine) {
        guard lines[line.ends] == line, let index = process(line.ends.from),
            let envelope = try? Envelope<PeerMessage>(decoding: bytes)
        else { return }
        drive(index, .receivedFromPeer(envelope, .line(line.ends.to)))
    }
}
