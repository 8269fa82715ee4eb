import Coordination
import Messaging

/// What a coordinator sends and receives.
final class CoordinatorPost {
    private let link: Link
    private let run: RunIdentifier
    /// What messages say from now on.
    var epoch: UInt64

    init(_ link: consuming Link, run: RunIdentifier, epoch: UInt64) {
        self.link = link
        self.run = run
        self.epoch = epoch
    }

    /// Waits until something can be received, or the bell rings.
    func wait(for doorbell: Doorbell, atMost limit: Duration) throws(MessagingError) {
        _ = try Poller.wait(control: link.control, bulk: link.bulk, doorbell: doorbell, atMost: limit)
    }

    func nextControl() throws(MessagingError) -> Arrival? {
        try Arrival.next(on: link.control)
    }

    func nextBulk() throws(MessagingError) -> Arrival? {
        try Arrival.next(on: link.bulk)
    }

    /// Sends over the control link.
    func send(_ message: CoordinatorMessage, step: Int, to peer: Peer) throws(MessagingError) -> Socket.Outcome {
        let outcome = try link.control.send(Message(peer.identity), more: true)
        guard outcome == .sent else { return outcome }
        return try link.control.send(Message(encoded(message, step)))
    }

    /// Sends a message and what it announces over the control link.
    func sendControl(
        _ message: CoordinatorMessage, step: Int, _ payload: consuming Message, to peer: Peer
    ) throws(MessagingError) -> Socket.Outcome {
        let outcome = try link.control.send(Message(peer.identity), more: true)
        guard outcome == .sent else { return outcome }
        _ = try link.control.send(Message(encoded(message, step)), more: true)
        return try link.control.send(payload)
    }

    /// Tells a peer whose control link came to the bulk link's port.
    func turnAway(_ peer: Peer, because reason: String) throws(MessagingError) {
        guard try link.bulk.send(Message(peer.identity), more: true) == .sent else { return }
        _ = try link.bulk.send(Message(encoded(.refused(reason), 0)))
    }

    /// Sends a message and what it announces over the bulk link.
    func send(
        _ message: CoordinatorMessage, step: Int, _ payload: consuming Message, to peer: Peer
    ) throws(MessagingError) -> Socket.Outcome {
        let outcome = try link.bulk.send(Message(peer.identity), more: true)
        guard outcome == .sent else { return outcome }
        _ = try link.bulk.send(Message(encoded(message, step)), more: true)
        return try link.bulk.send(payload)
    }

    /// Sends examples' pixels over the bulk link.
    func send(
        _ pixels: [UInt8], of examples: [UInt32], in split: PixelSplit, step: Int, to peer: Peer
    ) throws(MessagingError) -> Socket.Outcome {
        let rows = CoordinatorMessage.Rows(split: split, examples: examples, bytes: pixels.count)
        return try send(.rows(rows), step: step, Message(pixels), to: peer)
    }

    private func encoded(_ message: CoordinatorMessage, _ step: Int) -> [UInt8] {
        Envelope(message, fence: Fence(run: run, epoch: epoch, step: step)).encoded
    }
}
