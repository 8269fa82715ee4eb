/// A worker of the run, as the coordinator names it to the others.
public struct PeerEntry: Sendable, Equatable, Hashable {
    /// The identity of its links to the coordinator, which is a fresh one after each loss of them.
    public var identity: [UInt8]
    /// Its name in the logs.
    public var name: String
    /// Where others reach it, as `tcp://HOST:PORT`; empty where nobody can.
    public var address: String
    /// The public key that it proves to own, as text; empty where nothing is encrypted.
    public var key: String

    public init(identity: [UInt8], name: String, address: String, key: String) {
        self.identity = identity
        self.name = name
        self.address = address
        self.key = key
    }
}

/// All workers of a run at some time, and which of them is told.
public struct PeerTable: Sendable, Equatable {
    /// The identity of the worker that is told.
    public var own: [UInt8]
    public var entries: [PeerEntry]

    public init(own: [UInt8], entries: [PeerEntry]) {
        self.own = own
        self.entries = entries
    }

    /// Those whom a worker may send to.
    var others: [PeerEntry] { entries.filter { $0.identity != own } }
}

extension WireFields {
    static let identityLimit = 64

    mutating func write(identity: [UInt8]) {
        writer.write(UInt8(identity.count))
        writer.write(fixed: identity)
    }

    mutating func readIdentity() throws(WireError) -> [UInt8] {
        let count = Int(try reader.read(UInt8.self))
        guard count <= Self.identityLimit else { throw .invalid("identity (\(count) bytes)") }
        return try reader.readFixed(count)
    }

    mutating func write(identities: [[UInt8]]) {
        writer.write(UInt16(identities.count))
        for identity in identities { write(identity: identity) }
    }

    mutating func readIdentities() throws(WireError) -> [[UInt8]] {
        let count = Int(try reader.read(UInt16.self))
        guard count <= CoordinatorState.memberLimit else { throw .invalid("list (\(count) workers)") }
        var identities: [[UInt8]] = []
        for _ in 0..<count { identities.append(try readIdentity()) }
        return identities
    }

    mutating func write(_ table: PeerTable) {
        write(identity: table.own)
        writer.write(UInt16(table.entries.count))
        for entry in table.entries {
            write(identity: entry.identity)
            write(sentence: entry.name)
            write(sentence: entry.address)
            write(sentence: entry.key)
        }
    }

    mutating func readPeerTable() throws(WireError) -> PeerTable {
        var table = PeerTable(own: try readIdentity(), entries: [])
        let count = Int(try reader.read(UInt16.self))
        guard count <= CoordinatorState.memberLimit else { throw .invalid("list (\(count) workers)") }
        for _ in 0..<count {
            table.entries.append(
                PeerEntry(
                    identity: try readIdentity(), name: try readSentence(), address: try readSentence(),
                    key: try readSentence()))
        }
        return table
    }
}
