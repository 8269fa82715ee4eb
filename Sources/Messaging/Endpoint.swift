/// An address that a socket listens on or connects to.
///
/// Three transports are known: `tcp://HOST:PORT`, `ipc://PATH` and `inproc://NAME`. `SocketSecurity` says who may use which.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// How the bytes travel.
    public enum Transport: String, Sendable {
        case tcp
        case ipc
        case inproc
    }

    public let transport: Transport
    /// Everything behind `://`.
    public let address: String

    /// Reads an endpoint from text.
    /// - Throws: A sentence naming the text and the forms that are accepted.
    public init(_ text: String) throws(MessagingError) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let transport = Transport(rawValue: String(parts[0])), !parts[1].isEmpty else {
            throw Self.malformed(text)
        }
        self.init(transport: transport, address: String(parts[1]))
        if transport == .tcp, tcpParts == nil { throw Self.malformed(text) }
        try requireZone()
    }

    init(transport: Transport, address: String) {
        self.transport = transport
        self.address = address
    }

    public var description: String { "\(transport.rawValue)://\(address)" }

    /// The endpoint of the bulk link that belongs to this control link: the next port, or the path with `-bulk`.
    /// - Throws: A sentence where there is no next port.
    public func bulk() throws(MessagingError) -> Endpoint {
        guard transport == .tcp, let (host, port) = tcpParts else {
            return Endpoint(transport: transport, address: address + "-bulk")
        }
        guard port > 0, port < UInt16.max else {
            throw MessagingError(
                "use", .invalid, endpoint: description,
                remedy: "cannot use \(self): it needs a port from 1 to 65534, since the next one carries the bulk link")
        }
        return Endpoint(transport: .tcp, address: "\(host):\(port + 1)")
    }

    /// Whether only processes of this machine can reach it.
    public var isLocal: Bool {
        guard transport == .tcp else { return true }
        guard let host = tcpParts?.host else { return false }
        return host == "localhost" || host == "[::1]" || host == "::1" || Self.isLoopbackVersion4(host)
    }

    var tcpParts: (host: String, port: UInt16)? {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let host = address[..<colon]
        guard !host.isEmpty, let port = UInt16(address[address.index(after: colon)...]) else { return nil }
        return (String(host), port)
    }

    private static func isLoopbackVersion4(_ host: String) -> Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && !numbers.contains(nil) && numbers[0] == 127
    }

    private static func malformed(_ text: String) -> MessagingError {
        MessagingError(
            "use", .invalid, endpoint: text,
            remedy: "\"\(text)\" is not an address; write tcp://HOST:PORT, for example tcp://127.0.0.1:5555")
    }
}
