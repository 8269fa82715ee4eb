/// A list of hosts that compute, one a line: where ssh finds it, how many threads it gives, and its tributary.
///
///     localhost        2   tributary
///     alice@node1.lab  8   /opt/tributary/tributary
///
/// Empty lines and those that begin with `#` count for nothing.
public struct HostList: Equatable, Sendable {
    public let hosts: [ListedHost]

    /// - Parameters:
    ///   - path: For sentences.
    /// - Throws: `HostListError`.
    public init(_ text: String, path: String) throws(HostListError) {
        var hosts: [ListedHost] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard let host = ListedHost(words) else {
                throw HostListError(path: path, line: index + 1, text: String(line))
            }
            hosts.append(host)
        }
        guard !hosts.isEmpty else { throw HostListError(path: path, line: nil, text: "") }
        self.hosts = hosts
    }

    /// The doors of the hosts' workers: the first port on each host, and the next for another worker of the same host.
    ///
    /// The coordinator sees the addresses of the others, but a worker of this machine at the loopback, where the others do not reach it.
    ///
    /// - Parameter name: This machine's, as the hosts reach it.
    public func doors(from port: Int, thisMachine name: String) -> [ListedHost.Door] {
        hosts.indices.map { index in
            let before = hosts[..<index].count { $0.keyName == hosts[index].keyName }
            return ListedHost.Door(port: port + before, advertised: hosts[index].isThisMachine ? name : nil)
        }
    }
}

/// A line of a list of hosts that cannot be, or a list without one.
public struct HostListError: Error, Equatable, CustomStringConvertible {
    let path: String
    let line: Int?
    let text: String

    public var description: String {
        guard let line else {
            return "\(path) names no host: write lines such as \"node1 8 /opt/tributary/tributary\" into it"
        }
        return
            "\(path), line \(line), is no host: \"\(text)\"; a line is a host, its threads from 1 to 1024, and its tributary, "
            + "such as \"node1 8 /opt/tributary/tributary\""
    }
}
