import Coordination
import Foundation
import Messaging

/// A process's two sockets: control for what is small and urgent, bulk for what is large.
struct Link: ~Copyable {
    let control: Socket
    let bulk: Socket

    /// Listens on `endpoint` and the bulk endpoint that belongs to it.
    static func listening(
        on endpoint: Endpoint, in context: Context, security: SocketSecurity
    ) throws(MessagingError) -> Link {
        let bulkEndpoint = try endpoint.bulk()
        var control = try Socket(
            .router, in: context, options: listeningOptions(security, frame: 1 << 17, waiting: 512))
        var bulk = try Socket(.router, in: context, options: listeningOptions(security, frame: 1 << 20, waiting: 64))
        if endpoint.transport == .tcp {
            try control.limitConnections()
            try bulk.limitConnections()
        }
        try control.listen(on: endpoint)
        try bulk.listen(on: bulkEndpoint)
        return Link(control: control, bulk: bulk)
    }

    /// What one peer can make a coordinator hold that it has not taken yet: `waiting` messages of frames so long.
    ///
    /// Honest control messages are far smaller (the largest asks for 16,384 examples in 64 KiB), and so are the chunks of the
    /// bulk link, of which 64 are a credit window. What waits beyond the limits waits in the sender.
    private static func listeningOptions(_ security: SocketSecurity, frame: Int, waiting: Int) -> SocketOptions {
        var options = SocketOptions()
        options.security = security
        options.maximumMessageBytes = frame
        options.maximumUnreadMessages = waiting
        return options
    }

    /// Fails where `listening` would, and leaves no trace: to be called before anything is written.
    ///
    /// A socket file that is there already is left alone: libzmq would replace it, also a living coordinator's.
    static func checkAvailability(of endpoint: Endpoint, security: SocketSecurity) throws(MessagingError) {
        if endpoint.transport == .ipc, FileManager.default.fileExists(atPath: endpoint.address) {
            return try endpoint.requireNoListener()
        }
        _ = try listening(on: endpoint, in: Context(), security: security)
    }

    /// Sockets that talk to nobody: what takes the place of a link that is closed.
    static func idle(in context: Context) throws(MessagingError) -> Link {
        Link(control: try Socket(.dealer, in: context), bulk: try Socket(.dealer, in: context))
    }

    /// Fails where an address may not be connected to; nobody is contacted.
    static func check(_ endpoint: Endpoint, security: SocketSecurity) throws(MessagingError) {
        try security.check(endpoint, for: "connect to")
        _ = try endpoint.bulk()
    }

    /// Connects to a coordinator, under the same identity on both sockets.
    static func connecting(
        to endpoint: Endpoint, as identity: [UInt8], in context: Context, security: SocketSecurity
    ) throws(MessagingError) -> Link {
        var options = SocketOptions()
        options.security = security
        options.identity = identity
        options.maximumMessageBytes = 64 << 20
        let bulkEndpoint = try endpoint.bulk()
        var control = try Socket(.dealer, in: context, options: options)
        var bulk = try Socket(.dealer, in: context, options: options)
        try control.watchConnection()
        try bulk.watchConnection()
        try control.connect(to: endpoint)
        try bulk.connect(to: bulkEndpoint)
        return Link(control: control, bulk: bulk)
    }
}

extension Link {
    /// Takes what happened to either connection since it was asked for last.
    func takeFailures() throws(MessagingError) -> [ConnectionFailure] {
        var failures: [ConnectionFailure] = []
        while let failure = try control.nextConnectionFailure() { failures.append(failure) }
        while let failure = try bulk.nextConnectionFailure() { failures.append(failure) }
        return failures
    }
}

/// A message as it came off a socket: its bytes, and the frame behind them where there is one.
struct Arrival: ~Copyable {
    /// The sender's identity, on a socket that has many peers.
    var identity: [UInt8] = []
    /// The key that the sender has proven to own; to be believed only where a `Doorkeeper` asked for it.
    var sender: PublicKey?
    /// What it came over, on a socket that has many peers.
    var connection: Connection?
    var bytes: [UInt8] = []
    var payload = Message([])
    /// Frames beyond those that any message has.
    var surplus = 0

    /// Takes the next whole message off `socket`; libzmq hands over all frames of a message or none.
    static func next(on socket: borrowing Socket) throws(MessagingError) -> Arrival? {
        guard var frame = try socket.receive() else { return nil }
        var arrival = Arrival()
        if socket.kind == .router {
            arrival.identity = frame.bytes
            guard frame.hasMore, let next = try socket.receive() else { return arrival }
            frame = next
            arrival.sender = frame.sender
            arrival.connection = frame.connection
        }
        arrival.bytes = frame.bytes
        var hasMore = frame.hasMore
        if hasMore, let payload = try socket.receive() {
            hasMore = payload.hasMore
            arrival.payload = payload
        }
        while hasMore, let frame = try socket.receive() {
            hasMore = frame.hasMore
            arrival.surplus += 1
        }
        return arrival
    }

    /// Where others reach whoever sent it: at the address that is seen from here, or at the one that it gives itself.
    func address(ofDoor door: String) -> String? {
        guard door.hasPrefix(":") else { return door.isEmpty ? nil : door }
        return connection?.peerHost.map { "tcp://\($0)\(door)" }
    }

    /// Ends the connection that it came over; its sender may connect again, and is asked for its key again.
    func disconnectSender() {
        connection?.end()
    }

    /// Reads the message.
    /// - Throws: It is none, or its second frame has another length than the first one says.
    func decoded<Body: WireBody>(_: Body.Type) throws(WireError) -> Envelope<Body> {
        let envelope = try Envelope<Body>(decoding: bytes)
        guard surplus == 0, payload.count == envelope.body.payloadBytes else { throw .invalid("second frame") }
        return envelope
    }
}
