/// Where a small server listens: a port of this machine alone, or ADDRESS:PORT.
struct ListenAddress: CustomStringConvertible {
    let address: String
    let port: UInt16

    init?(_ argument: String) {
        guard let colon = argument.lastIndex(of: ":") else {
            guard let port = UInt16(argument) else { return nil }
            (address, self.port) = ("127.0.0.1", port)
            return
        }
        guard let port = UInt16(argument[argument.index(after: colon)...]) else { return nil }
        let host = argument[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(":"), !host.isEmpty else { return nil }
        address = isBracketed ? String(host.dropFirst().dropLast()) : host == "localhost" ? "127.0.0.1" : String(host)
        self.port = port
    }

    var description: String { "\(address.contains(":") ? "[\(address)]" : address):\(port)" }

    /// The same with a port that was chosen for 0.
    func with(port: UInt16) -> ListenAddress { ListenAddress(address: address, port: port) }

    private init(address: String, port: UInt16) { (self.address, self.port) = (address, port) }
}
