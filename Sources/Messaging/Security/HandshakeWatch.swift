import CZeroMQ
import Synchronization

/// Why a connection did not come about.
public enum HandshakeFailure: Sendable, Equatable {
    /// The listener knows this side's key and refuses it, or does not know it. libzmq then tries no more.
    case refused
    /// Whoever listens does not prove to own the expected key. libzmq tries again.
    case unproven
}

/// Tells why a connecting socket does not get through, which libzmq otherwise keeps to itself.
@safe public struct HandshakeWatch: ~Copyable {
    private let events: Socket

    private static let watches = Atomic(0)
    private static let unproven =
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL

    /// Watches a socket that has not connected yet. The C function is `zmq_socket_monitor`.
    init(_ socket: borrowing Socket, in context: Context) throws(MessagingError) {
        let number = Self.watches.add(1, ordering: .relaxed).newValue
        let address = "inproc://handshakes-\(number)"
        let wanted = Self.unproven | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        if unsafe zmq_socket_monitor(socket.pointer, address, wanted) == -1 { throw .last("watch a socket") }
        let events = try Socket(.pair, in: context)
        try events.connect(to: Endpoint(address))
        self.events = events
    }

    /// The next failure that has not been taken yet, or nil.
    public func next() throws(MessagingError) -> HandshakeFailure? {
        guard let event = try events.receive()?.bytes else { return nil }
        _ = try events.receive()  // the address
        guard event.count >= 2 else { return nil }
        let number = Int32(event[0]) | Int32(event[1]) << 8  // little-endian, as every machine that this runs on
        return number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? .refused : .unproven
    }
}
