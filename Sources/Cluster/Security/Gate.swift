import Coordination
import Files
import Logging
import Messaging
import Synchronization

/// Decides who may talk to a coordinator, and says by which name: at each connection, and again for each message, so that
/// a revoked worker is not heard any more.
///
/// The list of allowed workers is read anew for each connection and about once a second. Where it cannot be read, those who
/// are in stay, and nobody new comes in.
final class Gate: Sendable {
    private struct State {
        var list = AllowList()
        var bytes: [UInt8] = []
        var isReadable = true
        /// Names that were taken off the list.
        var revoked: Set<String> = []
        /// Names that misbehaved; they are let in again by a new coordinator only.
        var barred: Set<String> = []
        /// How many messages of whom were dropped.
        var dropped: [PublicKey: Int] = [:]

        func name(of key: PublicKey) -> String? {
            guard let name = list.names[key], !barred.contains(name) else { return nil }
            return name
        }

        mutating func take(_ list: AllowList, _ bytes: [UInt8]) {
            revoked.formUnion(Set(self.list.names.values).subtracting(list.names.values))
            self.list = list
            self.bytes = bytes
        }
    }

    private let security: LinkSecurity<CoordinatorKeys>
    private let log: Logger
    private let state = Mutex(State())
    private let doorkeeper = Mutex<Doorkeeper?>(nil)

    /// Opens the gate of a context, before any of its sockets listens.
    init(_ security: LinkSecurity<CoordinatorKeys>, in context: Context, log: Logger) throws {
        self.security = security
        self.log = log
        guard case .keys = security else { return }
        refresh()
        let doorkeeper = try Doorkeeper(in: context) { [weak self] key in self?.admits(key) ?? false }
        self.doorkeeper.withLock { $0 = doorkeeper }
    }

    /// What the listening sockets are told.
    var socketSecurity: SocketSecurity { Self.socketSecurity(security) }

    static func socketSecurity(_ security: LinkSecurity<CoordinatorKeys>) -> SocketSecurity {
        switch security {
        case .none: .none
        case .insecure: .insecure
        case .keys(let keys): .server(keys.key)
        }
    }

    /// Who sent a message: a peer with a proven name, or without one where nothing authenticates, or nil for somebody who is
    /// not allowed (any more).
    func peer(_ arrival: borrowing Arrival) -> Peer? {
        guard case .keys = security else { return Peer(arrival.identity) }
        guard let key = arrival.sender, let name = state.withLock({ $0.name(of: key) }) else { return nil }
        return Peer(arrival.identity, provenName: name)
    }

    /// Counts a message that `peer` knew nobody for, and ends its connection where there were many: a revoked worker that was
    /// told so leaves by itself, and one that floods is to cost no more than its handshake.
    func drop(_ arrival: borrowing Arrival) {
        guard let key = arrival.sender else { return arrival.disconnectSender() }
        let count = state.withLock { state in
            state.dropped[key, default: 0] += 1
            return state.dropped[key] ?? 0
        }
        if count > Self.patience { arrival.disconnectSender() }
    }

    /// A quarter of a minute of heartbeats.
    private static let patience = 64

    /// Whether the owner of a key may connect now.
    func admits(_ key: PublicKey) -> Bool {
        refresh()
        return state.withLock { $0.isReadable && $0.name(of: key) != nil }
    }

    /// Shuts out whoever has this name.
    func bar(_ name: String) {
        state.withLock { _ = $0.barred.insert(name) }
    }

    /// The names that were allowed once and have not been taken from here yet. It reads the list again.
    func takeRevoked() -> [String] {
        refresh()
        return state.withLock { state in
            defer { state.revoked = [] }
            return state.revoked.sorted()
        }
    }

    /// Reads the list again.
    private func refresh() {
        guard case .keys(let keys) = security else { return }
        do {
            let bytes = try PosixFileSystem().read(keys.allowListPath)
            try state.withLock { state in
                if bytes != state.bytes { state.take(try AllowList(bytes, path: keys.allowListPath), bytes) }
                state.isReadable = true
            }
        } catch {
            let wasReadable = state.withLock { state in
                defer { state.isReadable = false }
                return state.isReadable
            }
            if wasReadable {
                log.error("no new worker can join, since the list of allowed workers cannot be read: \(error)")
            }
        }
    }
}
