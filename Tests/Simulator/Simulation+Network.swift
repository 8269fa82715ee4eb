import Cluster
import Coordination

/// What happens to messages between the processes.
extension Simulation {
    // MARK: - Sending

    mutating func transmit(
        _ envelope: Envelope<WorkerMessage>, _ payload: Payload, from index: Int, isBulk: Bool
    ) {
        guard let peer = processes[index].peer, !processes[index].isMute, !isLost() else { return }
        let link = peer.identity + [isBulk ? 1 : 0]
        let bytes = envelope.encoded
        for delay in delays(on: link) {
            plan(.toCoordinator(bytes, payload, from: peer, epoch: envelope.fence.epoch), in: delay)
        }
    }

    mutating func transmit(_ envelope: Envelope<CoordinatorMessage>, _ payload: Payload, to peer: Peer) {
        guard let index = owners[peer] else { return }
        guard processes[index].isAlive, processes[index].peer == peer else {
            // The system closed the connection of a dead process; now and then nobody hears of it.
            if !dice.happens(isCalm ? 0 : 0.3) {
                plan(.undeliverable(peer, life: coordinatorLife), in: .milliseconds(50))
            }
            return
        }
        guard !processes[index].isDeaf, !isLost() else { return }
        let isBulk = envelope.body.payloadBytes > 0
        let bytes = envelope.encoded
        for delay in delays(on: peer.identity + [isBulk ? 3 : 2]) { plan(.toWorker(peer, bytes, payload), in: delay) }
    }

    private mutating func isLost() -> Bool {
        guard !isCalm, dice.happens(scenario.loss) else { return false }
        strike(.lostMessage)
        return true
    }

    /// When a message arrives: once as a rule, after those before it.
    private mutating func delays(on link: [UInt8]) -> [Duration] {
        let free = linkFree[link] ?? .zero
        if isCalm {
            let arrival = max(now + dice.milliseconds(1...2), free)
            linkFree[link] = arrival
            return [arrival - now]
        }
        var delay = dice.milliseconds(1...60)
        if dice.happens(scenario.lateness) {
            strike(.lateMessage)
            delay = dice.milliseconds(500...5_000)
        }
        if dice.happens(scenario.overtaking) {
            strike(.overtakingMessage)
            return [dice.milliseconds(1...20)]
        }
        let arrival = max(now + delay, free)
        linkFree[link] = arrival
        guard dice.happens(scenario.repetition) else { return [arrival - now] }
        strike(.repeatedMessage)
        return [arrival - now, arrival - now + dice.milliseconds(1...2_000)]
    }

    // MARK: - Receiving

    /// What the last coordinator heard comes to this one, too, in the same order.
    mutating func replay() {
        defer { heard = [] }
        guard !isCalm, !heard.isEmpty, dice.happens(0.3) else { return }
        strike(.replay)
        tell("what came before comes again")
        let delay = dice.milliseconds(1...1_000)
        for message in heard { plan(message, in: delay) }
    }

    mutating func deliver(_ bytes: [UInt8], _ payload: Payload, to peer: Peer) {
        guard let index = owners[peer], processes[index].peer == peer else { return }
        guard let envelope = try? Envelope<CoordinatorMessage>(decoding: bytes) else { return }
        drive(index, .received(envelope), payload)
    }

    mutating func deliver(_ bytes: [UInt8], _ payload: Payload, from peer: Peer, _ epoch: UInt64) {
        guard let envelope = try? Envelope<WorkerMessage>(decoding: bytes) else { return }
        guard let host = coordinator else { return }
        lastHeard[peer] = now
        heard = heard.suffix(Self.replayed - 1) + [.toCoordinator(bytes, payload, from: peer, epoch: epoch)]
        let (sent, sender) = confuse(envelope, peer)
        let isStale = epoch != 0 && epoch != host.opening.epoch
        guard let outputs = coordinator?.receive(sent, payload, from: sender, at: now) else { return }
        if isStale, outputs.tookPartial {
            witness.accuse("a partial of epoch \(epoch) was taken in epoch \(host.opening.epoch)")
        }
        if disk.isDead { return coordinatorDies(losingPower: dice.happens(0.5)) }
        carryOut(outputs.all)
    }
}
