/// One incarnation of a worker: the random identity of its sockets, and the name that its key proves.
///
/// Two connections are of one worker only when both agree, so nobody can speak for a worker whose key it has not.
public struct Peer: Hashable, Sendable, Comparable {
    public let identity: [UInt8]
    /// The name that the list of allowed workers gives the owner of the peer's key; nil where nothing authenticates.
    public let provenName: String?

    public init(_ identity: [UInt8], provenName: String? = nil) {
        self.identity = identity
        self.provenName = provenName
    }

    /// An order without meaning, for decisions that must not depend on hashing.
    public static func < (left: Peer, right: Peer) -> Bool {
        if left.identity != right.identity { return left.identity.lexicographicallyPrecedes(right.identity) }
        return (left.provenName ?? "") < (right.provenName ?? "")
    }
}
