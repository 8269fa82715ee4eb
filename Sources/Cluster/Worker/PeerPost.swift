import Coordination
import Logging
import Messaging
import Synchronization

/// A worker's door, where others of its run come in, and its own connections to their doors.
///
/// The door lets in the owners of those keys that the coordinator has named, and nobody else; a connection talks to the owner of the key that the
/// coordinator has named, and to nobody else.
final class PeerPost {
    private let context: Context
    private let security: LinkSecurity<WorkerKeys>
    private let admitted = Admitted()
    private let doorkeeper: Doorkeeper?
    private let door: OwnedSocket
    private var lines: [[UInt8]: (entry: PeerEntry, line: OwnedSocket)] = [:]
    /// Where others reach the door, as a *hello* says it.
    let address: String

    /// The keys that may come in, which the doorkeeper's thread reads.
    private final class Admitted: Sendable {
        let keys = Mutex<Set<String>>([])

        func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
    }

    /// Waiting messages of one other worker, of frames so long: a credit window is 64 chunks.
    private static let limits = (frame: 1 << 20, waiting: 64)

    /// Opens the door of a worker whose coordinator is at `coordinator`: to the machine alone where that is on it and no other address is
    /// advertised, else to all.
    /// - Throws: The port is taken.
    init(
        _ options: WorkerOptions.Door, coordinator: Endpoint, security: LinkSecurity<WorkerKeys>, in context: Context
    ) throws(MessagingError) {
        self.context = context
        self.security = security
        var socketOptions = SocketOptions()
        (socketOptions.maximumMessageBytes, socketOptions.maximumUnreadMessages) = Self.limits
        switch security {
        case .none: socketOptions.security = .none
        case .insecure: socketOptions.security = .insecure
        case .keys(let keys): socketOptions.security = .server(keys.key)
        }
        if case .keys = security {
            doorkeeper = try Doorkeeper(in: context) { [admitted] in admitted.contains($0.description) }
        } else {
            doorkeeper = nil
        }
        var socket = try Socket(.router, in: context, options: socketOptions)
        try socket.limitConnections()
        // Without keys a door is for this machine alone.
        let isOpen =
            if case .keys = security { !coordinator.isLocal || options.advertised != nil } else { !coordinator.isLocal }
        let host = isOpen ? "*" : "127.0.0.1"
        try socket.listen(on: Endpoint("tcp://\(host):\(options.port)"))
        let port = socket.listeningPort ?? options.port
        address = options.advertised.map { "tcp://\($0)" } ?? ":\(port)"
        door = OwnedSocket(socket)
    }

    /// What ends a wait.
    var sockets: [OwnedSocket] { [door] + lines.values.map(\.line) }

    // MARK: - Connections

    /// Has connections to exactly these workers that have a door, and lets exactly these in.
    func introduce(_ entries: [PeerEntry]) throws(MessagingError) {
        admitted.keys.withLock { $0 = Set(entries.map(\.key)) }
        let wanted = entries.filter { !$0.address.isEmpty }
        lines = lines.filter { wanted.contains($0.value.entry) }
        for entry in wanted where lines[entry.identity] == nil { try connect(entry) }
    }

    /// Opens a connection in place of any to the same worker, under a name of its own.
    func connect(_ entry: PeerEntry) throws(MessagingError) {
        var options = SocketOptions()
        options.identity = [1] + (0..<15).map { _ in UInt8.random(in: 0...255) }
        options.maximumMessageBytes = Self.limits.frame
        if case .keys(let keys) = security {
            guard let key = PublicKey(entry.key) else { return }
            options.security = .client(keys.key, server: key)
        } else {
            options.security = .insecure
        }
        lines[entry.identity] = nil
        // An address that cannot be used, or one socket too many, is as good as nobody's answer: the coordinator is told who is reached.
        do throws(MessagingError) {
            var socket = try Socket(.dealer, in: context, options: options)
            try socket.watchConnection()
            try socket.connect(to: Endpoint(entry.address))
            lines[entry.identity] = (entry, OwnedSocket(socket))
        } catch {}
    }

    /// Those whose connection ended, or did not come about, since this was asked last.
    func takeLost() throws(MessagingError) -> [[UInt8]] {
        var lost: [[UInt8]] = []
        for (identity, peer) in lines {
            var isLost = false
            while try peer.line.socket.nextConnectionFailure() != nil { isLost = true }
            if isLost { lost.append(identity) }
        }
        return lost
    }

    // MARK: - Messages

    /// Takes the next messages, a few of each connection, in turn.
    func receive(
        _ take: (Envelope<PeerMessage>, borrowing Message, PeerConnection) throws -> Void
    ) throws {
        for _ in 0..<Self.limits.waiting {
            guard let arrival = try Arrival.next(on: door.socket) else { break }
            guard let envelope = try? arrival.decoded(PeerMessage.self), isAdmitted(arrival) else {
                arrival.disconnectSender()
                continue
            }
            try take(envelope, arrival.payload, .door(arrival.identity))
        }
        for (identity, peer) in lines {
            // What is taken may have another connection opened in place of this one.
            for _ in 0..<Self.limits.waiting where lines[identity]?.line === peer.line {
                guard let arrival = try Arrival.next(on: peer.line.socket) else { break }
                guard let envelope = try? arrival.decoded(PeerMessage.self) else { continue }
                try take(envelope, arrival.payload, .line(identity))
            }
        }
    }

    /// Who came in may have been taken off the list since.
    private func isAdmitted(_ arrival: borrowing Arrival) -> Bool {
        guard doorkeeper != nil else { return true }
        return arrival.sender.map { admitted.contains($0.description) } ?? false
    }

    /// Sends over the connection to a worker's door; answers whether that took it.
    func send(_ envelope: Envelope<PeerMessage>, to identity: [UInt8]) throws(MessagingError) -> Bool {
        guard let line = lines[identity]?.line else { return false }
        return try line.socket.send(Message(envelope.encoded)) == .sent
    }

    /// The same with what the message announces.
    func send(
        _ envelope: Envelope<PeerMessage>, _ payload: consuming Message, to identity: [UInt8]
    ) throws(MessagingError) -> Bool {
        guard let line = lines[identity]?.line,
            try line.socket.send(Message(envelope.encoded), more: true) == .sent
        else { return false }
        return try line.socket.send(payload) == .sent
    }

    /// Answers over a connection that another has opened, if it is still there.
    func answer(_ envelope: Envelope<PeerMessage>, over name: [UInt8]) throws(MessagingError) {
        guard try door.socket.send(Message(name), more: true) == .sent else { return }
        _ = try door.socket.send(Message(envelope.encoded))
    }
}
