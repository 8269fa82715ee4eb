import CZeroMQ

/// Why a connection did not come about.
public enum HandshakeFailure: Sendable, Equatable {
    /// The listener knows this side's key and refuses it, or does not know it. libzmq then tries no more.
    case refused
    /// Whoever listens does not prove to own the expected key. libzmq tries again.
    case unproven

    static let events =
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

    init(_ event: SocketMonitor.Event) {
        self = event.kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? .refused : .unproven
    }
}
