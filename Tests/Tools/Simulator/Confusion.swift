import Cluster
import Coordination

extension Simulation {
    /// Passes a message on as a coordinator that makes the chosen mistake would understand it.
    mutating func confuse(
        _ envelope: Envelope<WorkerMessage>, _ peer: Peer
    ) -> (Envelope<WorkerMessage>, Peer) {
        guard case .partial(var chunk) = envelope.body, let host = coordinator else { return (envelope, peer) }
        var envelope = envelope
        var peer = peer
        switch sabotage {
        case .expiredLeases:
            guard let lease = host.openLeases[peer]?.last, lease.round.kind == chunk.round.kind else { break }
            chunk.lease = lease.identifier
            chunk.round = lease.round
            chunk.node = lease.node
            envelope.fence.step = lease.round.step
        case .mixedSenders:
            guard chunk.offset > 0 else { break }
            let others = host.openLeases.filter { $0.key != peer }.sorted { $0.key < $1.key }
            guard let (other, leases) = others.first, let lease = leases.last, lease.round == chunk.round else { break }
            chunk.lease = lease.identifier
            chunk.node = lease.node
            peer = other
        case .noFence:
            guard let index = owners[peer], let newest = processes[index].peer else { break }
            peer = newest
            envelope.fence.run = host.opening.run
            envelope.fence.epoch = host.opening.epoch
            guard let lease = host.openLeases[peer]?.first(where: { $0.node == chunk.node }) else { break }
            chunk.lease = lease.identifier
        default: return (envelope, peer)
        }
        envelope.body = .partial(chunk)
        return (envelope, peer)
    }
}
