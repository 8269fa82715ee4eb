import CZeroMQ

/// How a socket keeps others out.
///
/// CURVE (ZeroMQ RFC 26) proves both sides' keys and encrypts everything behind the handshake.
public enum SocketSecurity: Sendable {
    /// Nothing is encrypted, so only addresses within this machine are accepted whose file system says who may connect:
    /// `ipc://` and `inproc://`.
    case none
    /// Nothing is encrypted and every user of this machine may connect: also TCP on loopback addresses.
    case insecure
    /// A listener that shows its own key and asks its context's `Doorkeeper` about everybody else's. Without a doorkeeper
    /// nobody comes in.
    case server(SecretKey)
    /// A connector that shows its own key and talks to nobody but the owner of `server`.
    case client(SecretKey, server: PublicKey)

    /// Whether a listener knows whose key its peers own.
    var provesKeys: Bool {
        if case .server = self { true } else { false }
    }

    /// Refuses addresses that this kind of socket must not use.
    public func check(_ endpoint: Endpoint, for operation: String) throws(MessagingError) {
        switch self {
        case .none where endpoint.transport == .tcp: throw refusal(endpoint, operation, Self.remedy(operation))
        case .insecure where !endpoint.isLocal:
            throw refusal(endpoint, operation, "--insecure is for loopback addresses only; " + Self.remedy(operation))
        case .none, .insecure, .server, .client: return
        }
    }

    private func refusal(_ endpoint: Endpoint, _ operation: String, _ remedy: String) -> MessagingError {
        MessagingError(
            operation, .notPermitted, endpoint: endpoint.description,
            remedy: "cannot \(operation) \(endpoint) without keys: \(remedy)")
    }

    private static func remedy(_ operation: String) -> String {
        operation == "listen on"
            ? "make them with `tributary keys new keys` and add --keys keys"
            : "get this machine's folder of keys from the coordinator's machine, where `tributary keys add` makes it, and "
                + "add --keys FOLDER"
    }

    /// A listener that enforces its domain fails closed: without it libzmq lets in anybody who knows the server's key when
    /// no doorkeeper answers.
    func apply(to socket: SocketHandle) throws(MessagingError) {
        switch self {
        case .none, .insecure: return
        case .server(let key):
            try socket.set(ZMQ_CURVE_SERVER, 1)
            try socket.setBytes(ZMQ_CURVE_SECRETKEY, key.bytes)
            try socket.setBytes(ZMQ_ZAP_DOMAIN, Doorkeeper.domain)
            try socket.set(ZMQ_ZAP_ENFORCE_DOMAIN, 1)
        case .client(let key, let server):
            try socket.setBytes(ZMQ_CURVE_SERVERKEY, server.bytes)
            try socket.setBytes(ZMQ_CURVE_PUBLICKEY, key.publicKey.bytes)
            try socket.setBytes(ZMQ_CURVE_SECRETKEY, key.bytes)
        }
    }
}
