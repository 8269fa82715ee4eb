import Glibc

extension Endpoint {
    /// Every address that the host's name has, in the system's order, as endpoints with numbers; the endpoint itself where it has no
    /// name to look up.
    ///
    /// libzmq looks a name up, too, and takes one address of it, which may be one that nobody listens at. This waits for the system's
    /// name service, some seconds at worst: not for a thread that others wait for. The C functions are `getaddrinfo` and `getnameinfo`.
    /// - Throws: A sentence with the name, where it has no address.
    public func addresses() throws(MessagingError) -> [Endpoint] {
        guard let (host, port) = tcpParts, hasName else { return [self] }
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &found)
        guard code == 0 else { throw unknownHost(host, code) }
        defer { unsafe freeaddrinfo(found) }
        var addresses: [Endpoint] = []
        var next = unsafe found
        while let entry = unsafe next {
            if let text = unsafe Self.numbers(entry.pointee) {
                addresses.append(Endpoint(transport: .tcp, address: "\(text):\(port)"))
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }

    /// Whether it names a host, which has to be looked up, rather than give numbers or a path.
    public var hasName: Bool {
        guard let host = tcpParts?.host else { return false }
        var version4 = in_addr()
        let isVersion4 = unsafe inet_pton(AF_INET, host, &version4) == 1
        return host != "*" && !host.contains(":") && !isVersion4
    }

    private static func numbers(_ entry: addrinfo) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return nil }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return unsafe entry.ai_family == AF_INET6 ? "[\(host)]" : host
    }

    private func unknownHost(_ host: String, _ code: Int32) -> MessagingError {
        let reason = unsafe String(cString: gai_strerror(code))
        let remedy =
            unsafe if_nametoindex(host) != 0
            ? "\(host) is a network interface of this machine, not a host: name the host that the coordinator runs on"
            : "this machine finds no address for the name \(host) (\(reason)): check its spelling, or use the address in numbers"
        return MessagingError("connect to", .invalid, endpoint: description, remedy: remedy)
    }

    /// Says that an address of the link alone leaves open which link is meant.
    func requireZone() throws(MessagingError) {
        guard let host = tcpParts?.host, host.lowercased().hasPrefix("[fe80:") || host.lowercased().hasPrefix("fe80:"),
            !host.contains("%")
        else { return }
        throw MessagingError(
            "use", .invalid, endpoint: description,
            remedy: "\(self) needs the network interface that the address is reached over, as in "
                + "tcp://[fe80::1%eth0]:7077; or use another address of that machine")
    }
}
