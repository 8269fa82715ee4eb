import CZeroMQ

/// One end of ZeroMQ connections, owned by one thread.
///
/// It can be moved but neither copied nor sent to another thread, as libzmq demands. Sending and receiving never wait;
/// `Poller` waits. Interrupted calls (`EINTR`) are repeated.
@safe public struct Socket: ~Copyable {
    /// How messages find their peer.
    public enum Kind: Sendable {
        /// Talks to many dealers; the first frame of each message is the peer's identity.
        case router
        /// Talks to one router.
        case dealer
        /// Answers questions one by one.
        case reply
        /// Talks to one other of its kind.
        case pair
    }

    /// What became of a message.
    public enum Outcome: Sendable, Equatable {
        /// Handed to the background thread; delivery is not promised.
        case sent
        /// The peer takes no more for now: too many messages wait, or nobody is connected.
        case full
        /// No peer of that identity is connected.
        case unreachable
    }

    public let kind: Kind
    let pointer: UnsafeMutableRawPointer
    private let context: Context
    private let options: SocketOptions
    private var watch: ConnectionWatch?
    private var failures: SocketMonitor?

    /// Opens a socket. The C function is `zmq_socket`.
    public init(_ kind: Kind, in context: Context, options: SocketOptions = SocketOptions()) throws(MessagingError) {
        let handle = try options.open(kind, in: context)
        self.kind = kind
        unsafe pointer = handle.pointer
        self.context = context
        self.options = options
    }

    /// The C function is `zmq_close`. Whoever reads the socket's events goes after it.
    deinit {
        SocketMonitor.stop(self)
        unsafe zmq_close(pointer)
    }

    /// Ends connections that are too many, never say anything, or send a message without end; to be called before `listen`.
    public mutating func limitConnections() throws(MessagingError) {
        try limitConnections(ConnectionTable.Limits(options))
    }

    mutating func limitConnections(_ limits: ConnectionTable.Limits) throws(MessagingError) {
        watch = try ConnectionWatch(self, in: context, limits)
    }

    /// Listens on `endpoint`. The C function is `zmq_bind`.
    /// - Throws: The address is taken, is not this machine's, or needs keys that the socket has not.
    public func listen(on endpoint: Endpoint) throws(MessagingError) {
        try options.security.check(endpoint, for: "listen on")
        if unsafe zmq_bind(pointer, endpoint.description) == -1 {
            throw .last("listen on", endpoint: endpoint.description)
        }
    }

    /// The port that the socket listens on, where the system chose one. The C function is `zmq_getsockopt` with `ZMQ_LAST_ENDPOINT`.
    public var listeningPort: UInt16? {
        var text = [CChar](repeating: 0, count: 256)
        var size = text.count
        guard unsafe zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else { return nil }
        let endpoint = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return endpoint.split(separator: ":").last.flatMap { UInt16($0) }
    }

    /// Starts to connect to `endpoint`, and keeps trying. The C function is `zmq_connect`.
    /// - Throws: The address is malformed or needs keys that the socket has not; that nobody listens there is no error.
    public func connect(to endpoint: Endpoint) throws(MessagingError) {
        try options.security.check(endpoint, for: "connect to")
        if unsafe zmq_connect(pointer, endpoint.description) == -1 {
            throw .last("connect to", endpoint: endpoint.description)
        }
    }

    /// Sends one frame without waiting. The C function is `zmq_msg_send`.
    ///
    /// - Parameter more: Whether more frames of the same message follow. Only the first can meet `.full` or
    ///   `.unreachable`; libzmq then takes the whole message or nothing.
    public func send(_ message: consuming Message, more: Bool = false) throws(MessagingError) -> Outcome {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while unsafe zmq_msg_send(message.handle, pointer, flags) == -1 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return .full
            case EHOSTUNREACH: return .unreachable
            default: throw .last("send on a socket")
            }
        }
        return .sent
    }

    /// Takes one frame that has arrived, or nothing. The C function is `zmq_msg_recv`.
    public func receive() throws(MessagingError) -> Message? {
        let message = Message()
        while unsafe zmq_msg_recv(message.handle, pointer, ZMQ_DONTWAIT) == -1 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN:
                watch?.empty()
                return nil
            default: throw .last("receive on a socket")
            }
        }
        if let watch, !message.hasMore, let connection = message.connection {
            watch.deliver(connection, from: options.security.provesKeys ? message.sender : nil)
        }
        return message
    }

    /// Keeps from now on why connections do not come about and when they end, which libzmq does not say; to be called before
    /// `connect`.
    public mutating func watchConnection() throws(MessagingError) {
        failures = try SocketMonitor(self, ConnectionFailure.events, in: context)
    }

    /// What happened to the connection that was not asked for yet, the oldest first.
    public func nextConnectionFailure() throws(MessagingError) -> ConnectionFailure? {
        try failures?.next().map { ConnectionFailure($0) }
    }

    /// Lets what is unsent leave for so long after the socket is closed; without this call nothing does.
    /// The C function is `zmq_setsockopt` with `ZMQ_LINGER`.
    public func allowFarewell(milliseconds: Int) throws(MessagingError) {
        try SocketHandle(borrowing: self).set(ZMQ_LINGER, milliseconds)
    }
}
