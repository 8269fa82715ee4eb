/// Who may ask: pages that came from this server, by a name that is this machine's own, and with the token where there is one.
///
/// Any page in a browser may send requests to this machine, and a name of the page's own may lead here, too (DNS rebinding). So the host
/// must be a name that nobody else can have, and the origin, where a browser says it, this server.
public struct AccessRule: Sendable {
    private let takesAddresses: Bool
    private let takesAllNames: Bool
    private let names: Set<String>
    private let token: String?

    /// For those on this machine.
    public static let loopback = AccessRule(takesAddresses: false, names: [], token: nil)

    /// For whoever reaches this machine, by any name, but for another site's page: what is answered is no secret.
    public static let anybody = AccessRule(takesAddresses: true, takesAllNames: true, names: [], token: nil)

    /// For whoever has the token.
    ///
    /// - Parameter names: What this machine is called.
    public static func token(_ token: String, names: [String]) -> AccessRule {
        AccessRule(takesAddresses: true, names: Set(names.map { $0.lowercased() }), token: token)
    }

    private init(takesAddresses: Bool, takesAllNames: Bool = false, names: Set<String>, token: String?) {
        self.takesAddresses = takesAddresses
        self.takesAllNames = takesAllNames
        self.names = names.union(["localhost", "127.0.0.1", "[::1]"])
        self.token = token
    }

    /// Refuses who may not ask. The page itself holds nothing that is worth a token, and is how a token gets here.
    ///
    /// - Parameter isPage: Whether a part of the page is asked for, which anybody may have.
    /// - Throws: `Refusal`, of status 400, 401 or 403.
    public func check(_ head: RequestHead, isPage: Bool) throws(Refusal) {
        guard let host = head.fields["host"] else { throw Refusal(400, "the request names no host") }
        guard knows(Self.name(ofHost: host)) else {
            throw Refusal(403, "this server is not called \(host.prefix(100)): use the address that it printed")
        }
        try checkOrigin(head, host: host, isPage: isPage)
        guard let token, !isPage else { return }
        guard Self.areEqual(head.fields["authorization"] ?? "", "Bearer \(token)") else {
            throw Refusal(401, "the token is missing or wrong: open the whole address that the program printed")
        }
    }

    private func checkOrigin(_ head: RequestHead, host: String, isPage: Bool) throws(Refusal) {
        let stranger = Refusal(403, "another site's page may not ask this server")
        if let origin = head.fields["origin"], origin.lowercased() != "http://\(host.lowercased())" { throw stranger }
        guard let site = head.fields["sec-fetch-site"], site != "same-origin", site != "none" else { return }
        // A link elsewhere may lead here.
        guard isPage, head.method == .get, head.fields["sec-fetch-mode"] == "navigate",
            head.fields["sec-fetch-dest"] == "document"
        else { throw stranger }
    }

    /// A host without its port, in lower case.
    private static func name(ofHost host: String) -> String {
        let end =
            host.hasPrefix("[") ? host.firstIndex(of: "]").map { host.index(after: $0) } : host.firstIndex(of: ":")
        return host[..<(end ?? host.endIndex)].lowercased()
    }

    /// Numbers are no names that somebody could have lead here.
    private func knows(_ name: String) -> Bool {
        if takesAllNames || names.contains(name) { return true }
        guard takesAddresses else { return false }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isFour = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return isFour || name.hasPrefix("[") && name.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" }
    }

    /// In a time that does not depend on where two texts differ.
    private static func areEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
