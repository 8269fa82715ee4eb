/// Says why bytes are no message of this protocol.
public enum WireError: Error, Equatable, CustomStringConvertible {
    /// Fewer bytes than the fields need.
    case truncated
    /// More bytes than the fields need.
    case trailing(Int)
    /// The first bytes are not the protocol's.
    case foreign
    /// The peer speaks another version of the protocol.
    case version(UInt16)
    /// No message has this number in this direction.
    case unknownKind(UInt16)
    /// A field holds a value that it may not have.
    case invalid(String)

    public var description: String {
        switch self {
        case .truncated: "the message is shorter than its fields"
        case .trailing(let count): "the message has \(count) bytes too many"
        case .foreign: "the bytes are not a Tributary message"
        case .version(let version):
            "the peer speaks protocol version \(version), this program speaks \(Header.version); use the same Tributary"
        case .unknownKind(let kind): "message number \(kind) is unknown"
        case .invalid(let what): "the message has an invalid \(what)"
        }
    }
}
