import CZeroMQ

/// What a socket is told before it listens or connects.
///
/// Unset on purpose: `ZMQ_HEARTBEAT_*`, which abort the connecting process in libzmq 4.3.4. Set always: a linger of zero
/// (closing never waits), IPv6, and for routers `ZMQ_ROUTER_MANDATORY` (an unknown peer is an answer, not a silence).
public struct SocketOptions: Sendable {
    /// The largest frame accepted from a peer, in bytes; a peer that sends more is disconnected (`ZMQ_MAXMSGSIZE`).
    public var maximumMessageBytes = 8 << 20
    /// Milliseconds in which a connection must complete its handshake (`ZMQ_HANDSHAKE_IVL`).
    public var handshakeMilliseconds = 10_000
    /// Messages that may wait for one peer (`ZMQ_SNDHWM`). A backstop only: what bounds memory are the byte credits of the
    /// protocol.
    public var maximumWaitingMessages = 4_000
    /// Messages of one peer that may wait to be received (`ZMQ_RCVHWM`); more wait in the sender. With the largest frame, this
    /// bounds what a peer that ignores its credit can make this process hold.
    public var maximumUnreadMessages = 4_000
    /// Bytes that the kernel may hold of one connection in each direction (`ZMQ_SNDBUF`, `ZMQ_RCVBUF`): with fewer, sender and
    /// receiver wake each other for every piece of a chunk.
    public var bufferBytes = 4 << 20
    /// Milliseconds before a lost connection is tried again, and the limit up to which that doubles
    /// (`ZMQ_RECONNECT_IVL`, `ZMQ_RECONNECT_IVL_MAX`).
    public var reconnectMilliseconds = 50...500
    /// The name a dealer shows to routers: fresh and random for each incarnation, since libzmq silently ignores the second
    /// bearer of a name (`ZMQ_ROUTING_ID`).
    public var identity: [UInt8] = []
    /// Who may be talked to (`ZMQ_CURVE_*`, `ZMQ_ZAP_*`).
    public var security = SocketSecurity.none

    public init() {}

    /// Opens a socket that has these options, or none.
    func open(_ kind: Socket.Kind, in context: Context) throws(MessagingError) -> SocketHandle {
        let socket = try SocketHandle(kind, in: context)
        do {
            try apply(to: socket)
            try applyKind(kind, to: socket)
        } catch {
            socket.close()
            throw error
        }
        return socket
    }

    private func apply(to socket: SocketHandle) throws(MessagingError) {
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_IPV6, 1)
        try socket.setWide(ZMQ_MAXMSGSIZE, Int64(maximumMessageBytes))
        try socket.set(ZMQ_HANDSHAKE_IVL, handshakeMilliseconds)
        try socket.set(ZMQ_SNDBUF, bufferBytes)
        try socket.set(ZMQ_RCVBUF, bufferBytes)
        try socket.set(ZMQ_SNDHWM, maximumWaitingMessages)
        try socket.set(ZMQ_RCVHWM, maximumUnreadMessages)
        try socket.set(ZMQ_RECONNECT_IVL, reconnectMilliseconds.lowerBound)
        try socket.set(ZMQ_RECONNECT_IVL_MAX, reconnectMilliseconds.upperBound)
        try security.apply(to: socket)
    }

    /// A dealer's messages wait only for finished connections (`ZMQ_IMMEDIATE`): none is kept for a coordinator that is
    /// gone.
    private func applyKind(_ kind: Socket.Kind, to socket: SocketHandle) throws(MessagingError) {
        switch kind {
        case .router:
            try socket.set(ZMQ_ROUTER_MANDATORY, 1)
        case .dealer:
            try socket.set(ZMQ_IMMEDIATE, 1)
            if !identity.isEmpty { try socket.setBytes(ZMQ_ROUTING_ID, identity) }
        case .reply, .pair:
            break
        }
    }
}
