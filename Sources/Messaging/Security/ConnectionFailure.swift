import CZeroMQ

/// Why a connection did not come about, or that it is over.
public enum ConnectionFailure: Sendable, Equatable {
    /// The listener knows this side's key and refuses it, or does not know it. libzmq then tries no more.
    case refused
    /// Whoever listens does not prove to own the expected key. libzmq tries again.
    case unproven
    /// The connection is lost with all that was on its way. libzmq connects again.
    case lost

    static let events =
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        | ZMQ_EVENT_DISCONNECTED

    init(_ event: SocketMonitor.Event) {
        switch event.kind {
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self = .refused
        case ZMQ_EVENT_DISCONNECTED: self = .lost
        default: self = .unproven
        }
    }
}
