import CZeroMQ

/// Why a connection did not come about, or that it is over.
public enum ConnectionFailure: Sendable, Equatable {
    /// The listener knows this side's key and refuses it, or does not know it. libzmq then tries no more.
    case refused
    /// Whoever listens does not prove to own the expected key. libzmq tries again.
    case unproven
    /// The connection is lost with all that was on its way. libzmq connects again.
    case lost
    /// Only one of the two sides uses keys. libzmq tries no more.
    case otherMechanism

    static let events =
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        | ZMQ_EVENT_DISCONNECTED

    init(_ event: SocketMonitor.Event) {
        switch (event.kind, event.value) {
        case (ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, _): self = .refused
        case (ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH): self = .otherMechanism
        case (ZMQ_EVENT_DISCONNECTED, _): self = .lost
        default: self = .unproven
        }
    }
}
