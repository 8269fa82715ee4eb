/// One incarnation of a worker: the random identity of its sockets.
public struct Peer: Hashable, Sendable, Comparable {
    public let identity: [UInt8]

    public init(_ identity: [UInt8]) {
        self.identity = identity
    }

    /// An order without meaning, for decisions that must not depend on hashing.
    public static func < (left: Peer, right: Peer) -> Bool {
        left.identity.lexicographicallyPrecedes(right.identity)
    }
}
