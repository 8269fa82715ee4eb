import Cluster
import Coordination

/// What happens to messages between the processes.
extension Simulation {
    // MARK: - Connecting

    /// A worker opens its links anew, under a fresh identity. What was under way over the old ones may be lost.
    mutating func connect(_ index: Int) {
        if let old = processes[index].peer {
            close(old)
            lines = lines.filter { $0.key.from != old.identity }
        }
        let peer = Peer((0..<16).map { _ in UInt8.random(in: 0...255, using: &dice) })
        processes[index].peer = peer
        owners[peer] = index
        let isCut = processes[index].isMute || processes[index].isDeaf
        connections[peer] = Connections(
            opening: Connections.Channel.allCases.map { _ in
                let time = handshake()
                return isCut ? nil : now + time
            })
    }

    /// A lost segment costs a handshake a second and more.
    mutating func handshake() -> Duration {
        guard dice.happens(scenario.slowHandshakes) else { return dice.milliseconds(1...40) }
        strike(.slowHandshake)
        return dice.milliseconds(300...3_000)
    }

    /// The kernel may have sent what a process left behind when it closed a connection, or not.
    private mutating func close(_ peer: Peer) {
        if dice.happens(0.5) { connections[peer]?.breakDown() }
    }

    /// Both ends of a connection that ended may hear of it.
    mutating func breakDown(_ peer: Peer) {
        strike(.brokenConnection)
        tell("a connection of \(owners[peer].map { processes[$0].name } ?? "") ends")
        connections[peer]?.breakDown()
        plan(.disconnected(peer), in: dice.milliseconds(1...500))
    }

    mutating func disconnect(_ peer: Peer) {
        guard let index = owners[peer], processes[index].peer == peer else { return }
        drive(index, .disconnected)
    }

    /// The network lets through what it held, in its order.
    mutating func heal(_ index: Int) {
        processes[index].isMute = false
        processes[index].isDeaf = false
        processes[index].soundSince = now
        let delay = dice.milliseconds(1...(isCalm ? 50 : 1_000))
        for happening in processes[index].stuck { plan(happening, in: delay) }
        processes[index].stuck = []
        guard let peer = processes[index].peer else { return }
        for channel in Connections.Channel.allCases {
            let time = now + handshake()
            connections[peer]?.reopen(channel, at: time)
        }
    }

    // MARK: - Sending

    mutating func transmit(
        _ envelope: Envelope<WorkerMessage>, _ payload: Payload, from index: Int, isBulk: Bool
    ) {
        guard let peer = processes[index].peer else { return }
        let channel = isBulk ? Connections.Channel.bulk : .control
        guard connections[peer]?.isOpen(channel, at: now) == true else {
            // Whoever has a link that takes nothing hears of it; *hello* and *attach* wait for one that comes up.
            if envelope.body.needsLink { plan(.disconnected(peer), in: .zero) }
            return
        }
        if case .partial(let chunk) = envelope.body { bytesSent.noteUpload(chunk, over: peer) }
        let delivery = Happening.toCoordinator(envelope.encoded, payload, from: peer, epoch: envelope.fence.epoch)
        send(delivery, payload, of: peer, channel, .toCoordinator, isHeld: processes[index].isMute)
    }

    mutating func transmit(_ envelope: Envelope<CoordinatorMessage>, _ payload: Payload, to peer: Peer) {
        guard let index = owners[peer] else { return }
        let channel = envelope.body.payloadBytes > 0 ? Connections.Channel.bulk : .control
        guard processes[index].isAlive, processes[index].peer == peer,
            connections[peer]?.isOpen(channel, at: now) == true
        else {
            // The system closed the connection of a dead process; now and then nobody hears of it.
            if !dice.happens(isCalm ? 0 : 0.3) {
                plan(.undeliverable(peer, life: coordinatorLife), in: .milliseconds(50))
            }
            return
        }
        bytesSent.note(envelope.body, step: envelope.fence.step, over: peer, of: processes[index].name)
        let delivery = Happening.toWorker(peer, envelope.encoded, payload)
        send(delivery, payload, of: peer, channel, .toWorker, isHeld: processes[index].isDeaf)
    }

    private mutating func send(
        _ delivery: Happening, _ payload: Payload, of peer: Peer, _ channel: Connections.Channel,
        _ direction: Connections.Direction, isHeld: Bool
    ) {
        guard let index = owners[peer], connections[peer]?.leadsNowhere(channel) == false else { return }
        if !isCalm, dice.happens(scenario.breaks) { return breakDown(peer) }
        if isHeld { return processes[index].stuck.append(delivery) }
        var delay = dice.milliseconds(scenario.pace.delays(isCalm: isCalm))
        if !isCalm, dice.happens(scenario.lateness) {
            strike(.lateMessage)
            delay = dice.milliseconds(500...5_000)
        }
        let end = carry(payload, direction)
        if let arrival = connections[peer]?.arrival(end + delay, channel, direction) {
            plan(delivery, in: arrival - now)
        }
    }

    /// When the coordinator's link has carried a payload, behind what was sent before.
    private mutating func carry(_ payload: Payload, _ direction: Connections.Direction) -> Duration {
        let chunks = Double(payload.count) / Double(CoordinatorHost.chunkBytes)
        let begin = max(now, linkBusy[direction] ?? .zero)
        let end = begin + .seconds(chunks * 2.1 / Double(scenario.megabits))
        if payload.count > 0 { linkBusy[direction] = end }
        return payload.count > 0 ? end : now
    }

    // MARK: - Receiving

    /// What the last coordinator heard comes to this one, too, in the same order.
    mutating func replay() {
        defer { heard = [] }
        guard !isCalm, !heard.isEmpty, dice.happens(0.3) else { return }
        strike(.replay)
        tell("what came before comes again")
        let delay = dice.milliseconds(1...1_000)
        for message in heard.suffix(Self.replayed) { plan(message, in: delay) }
    }

    mutating func deliver(_ bytes: [UInt8], _ payload: Payload, to peer: Peer) {
        guard let index = owners[peer], processes[index].peer == peer, connections[peer]?.areBroken == false else {
            return
        }
        guard let envelope = try? Envelope<CoordinatorMessage>(decoding: bytes) else { return }
        drive(index, .received(envelope), payload)
    }

    mutating func deliver(_ bytes: [UInt8], _ payload: Payload, from peer: Peer, _ epoch: UInt64) {
        guard let envelope = try? Envelope<WorkerMessage>(decoding: bytes) else { return }
        guard let host = coordinator, connections[peer]?.areBroken == false else { return }
        lastHeard[peer] = now
        heard.append(.toCoordinator(bytes, payload, from: peer, epoch: epoch))
        if heard.count == 2 * Self.replayed { heard.removeFirst(Self.replayed) }
        let (sent, sender) = confuse(envelope, peer)
        let isStale = epoch != 0 && epoch != host.opening.epoch
        guard let outputs = coordinator?.receive(sent, payload, from: sender, at: now) else { return }
        if isStale, outputs.tookPartial {
            witness.accuse("a partial of epoch \(epoch) was taken in epoch \(host.opening.epoch)")
        }
        if disk.isDead { return coordinatorDies(losingPower: dice.happens(0.5)) }
        carryOut(outputs.all)
        if case .hello(let hello) = envelope.body {
            driveCoordinator(.located(peer, address: hello.door, key: ""), .nothing)
        }
    }
}

extension WorkerMessage {
    /// Whether it is said only once its link was up, so that a link which does not take it is lost.
    fileprivate var needsLink: Bool {
        switch self {
        case .hello, .attach: false
        default: true
        }
    }
}
