import Files

/// What is known of the connections to a listening socket, and which of them have to end.
///
/// libzmq limits frames and messages, but neither connections nor the frames of one message, which it keeps until the last is
/// there. So a connection ends that has never said anything, where there are too many such or it has had its time, and one that
/// has sent much and delivered no whole message of it. Where there are too many at all, whoever has the most loses one, so that
/// nobody who has few is kept out by one who has many.
struct ConnectionTable {
    /// What is allowed.
    struct Limits: Sendable {
        /// Connections at a time; with two such sockets a tenth of the files that may be open stays for others.
        var connections = min(2_048, OpenFiles.limit * 45 / 100)
        /// Connections that no whole message has come over yet; the oldest goes for the newest. As many workers as a coordinator
        /// takes may come at once.
        var silent: Int
        /// How long one may stay silent: time for its handshake and for a message that is repeated every few seconds.
        var patience = Duration.seconds(30)
        /// Bytes that one may have sent without a whole message among them, and all together.
        var undelivered: Int
        var allUndelivered = 256 << 20

        /// - Parameter options: Of the listening socket. Two frames may be on their way, and what the kernel holds.
        init(_ options: SocketOptions) {
            silent = min(1_024, connections / 2)
            undelivered = 2 * options.maximumMessageBytes + 2 * options.bufferBytes
        }
    }

    private struct Entry {
        let accepted: Duration
        /// When the last whole message came over it, if any did, and whether one did since the last look.
        var heard: Duration?
        var isFresh = false
        /// Who sent it, where that is proven.
        var owner: PublicKey?
        /// Bytes that had been received when the last whole message was seen, and when anybody looked last.
        var delivered = 0
        var received = 0
    }

    private let limits: Limits
    private var entries: [Int32: Entry] = [:]
    /// Whether all whole messages were taken since the last look.
    private var wasEmptied = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    /// A connection came; answers which one has to end for it, if any.
    mutating func accept(_ descriptor: Int32, at now: Duration) -> Int32? {
        entries[descriptor] = Entry(accepted: now)
        let silent = entries.filter { $0.value.heard == nil }
        if silent.count > limits.silent {
            return silent.min { ($0.value.accepted, $0.key) < ($1.value.accepted, $1.key) }.flatMap { forget($0.key) }
        }
        return entries.count > limits.connections ? quietestOfTheGreatest().flatMap { forget($0) } : nil
    }

    /// Of whoever has the most connections that have spoken, the one that has been quiet for longest.
    ///
    /// Where nobody proves a key, all of them are one's.
    private func quietestOfTheGreatest() -> Int32? {
        let spoken = entries.compactMap { descriptor, entry in entry.heard.map { (descriptor, entry.owner, $0) } }
        let counts = Dictionary(spoken.map { ($0.1, 1) }, uniquingKeysWith: +)
        let most = counts.values.max()
        return spoken.filter { counts[$0.1] == most }.min { ($0.2, $0.0) < ($1.2, $1.0) }?.0
    }

    mutating func close(_ descriptor: Int32) {
        _ = forget(descriptor)
    }

    /// A whole message was taken.
    /// - Parameter owner: Whose it was, where that is proven; a connection has one, so it is asked for once.
    mutating func deliver(_ descriptor: Int32, from owner: @autoclosure () -> PublicKey?, at now: Duration) {
        guard var entry = entries[descriptor] else { return }
        if entry.heard == nil { entry.owner = owner() }
        (entry.heard, entry.isFresh) = (now, true)
        entries[descriptor] = entry
    }

    /// There was no whole message to take.
    mutating func empty() {
        wasEmptied = true
    }

    /// Looks at all connections; answers which have to end.
    ///
    /// Where all whole messages were taken since the last look and none of them came over a connection, then what this one
    /// had received until that look is no whole message.
    /// - Parameter received: How many bytes have come over a connection so far.
    mutating func look(at now: Duration, received: (Int32) -> Int?) -> [Int32] {
        var ending: [Int32] = []
        var waiting: [(descriptor: Int32, bytes: Int)] = []
        for (descriptor, var entry) in entries {
            let bytes = received(descriptor) ?? entry.received
            if entry.isFresh {
                entry.isFresh = false
                entry.delivered = bytes
            } else if wasEmptied {
                waiting.append((descriptor, entry.received - entry.delivered))
            }
            entry.received = bytes
            entries[descriptor] = entry
            if entry.heard == nil, now - entry.accepted > limits.patience { ending.append(descriptor) }
        }
        wasEmptied = false
        ending += tooMuch(waiting)
        return Set(ending).sorted().compactMap { forget($0) }
    }

    /// Those who hold too much, and the greatest of the rest where all together do.
    private func tooMuch(_ waiting: [(descriptor: Int32, bytes: Int)]) -> [Int32] {
        var sum = waiting.reduce(0) { $0 + $1.bytes }
        return waiting.sorted { ($1.bytes, $0.descriptor) < ($0.bytes, $1.descriptor) }.prefix { one in
            defer { sum -= one.bytes }
            return one.bytes > limits.undelivered || sum > limits.allUndelivered
        }.map(\.descriptor)
    }

    private mutating func forget(_ descriptor: Int32) -> Int32? {
        entries.removeValue(forKey: descriptor).map { _ in descriptor }
    }
}
