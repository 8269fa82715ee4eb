/// A host that computes for a run.
public struct ListedHost: Equatable, Sendable {
    /// As ssh is told: a name, an alias of `~/.ssh/config`, or USER@NAME; `localhost` is this one, without ssh.
    public let name: String
    public let threads: Int
    /// The program as the host's shell is told: `~/tributary` and `nice -n 10 tributary` work, and a path with spaces has quotes.
    public let program: String

    /// - Parameter words: A name, a number of threads and a program. Nil where ssh would take the name for an option, or the number is out
    ///   of range.
    init?(_ words: [Substring]) {
        guard words.count == 3, !words[0].hasPrefix("-"), let threads = Int(words[1]), (1...1024).contains(threads)
        else { return nil }
        name = String(words[0])
        self.threads = threads
        program = words[2].trimmed
    }

    /// Where other workers reach a host's worker, so that gradients and parameters need not all pass the coordinator.
    public struct Door: Equatable, Sendable {
        public var port: Int
        /// The host's name for the others, where that is not the address that the coordinator sees; without a port.
        public var advertised: String?

        public init(port: Int, advertised: String? = nil) {
            self.port = port
            self.advertised = advertised
        }
    }

    public var isThisMachine: Bool { name == "localhost" }

    /// The name of its keys: that of the host, without a user. Those of this machine come with every folder of keys.
    public var keyName: String {
        isThisMachine ? "local" : String(name.split(separator: "@").last ?? "")
    }

    /// What `/bin/sh -c` on this machine gets: it becomes the host's worker, for as long as its connection holds.
    ///
    /// The host gets its key first, in a folder of its own name, since hosts may have one home directory. The terminal (`-tt`) makes the worker
    /// end with its connection.
    ///
    /// - Parameters:
    ///   - address: The coordinator's, as this host reaches it.
    ///   - keys: The folder of the host's keys, here.
    ///   - door: Where other workers reach it.
    public func line(connectingTo address: String, keys: String, door: Door) -> String {
        guard !isThisMachine else { return "exec " + worker(address, keys.shellWord, door) }
        let folder = ".tributary-keys/\(keyName)".shellWord
        let copy =
            "umask 077; mkdir -p \(folder) && cat >\(folder)/worker.key.$$ && mv \(folder)/worker.key.$$ \(folder)/worker.key"
        return "\(ssh()) \(copy.shellWord) <\((keys + "/worker.key").shellWord) && "
            + "exec \(ssh(" -tt")) \(("exec " + worker(address, folder, door)).shellWord) </dev/null"
    }

    /// What else ssh is told (a port, a jump host, a key) is in `~/.ssh/config`.
    private func ssh(_ option: String = "") -> String {
        "ssh\(option) -o BatchMode=yes -o ServerAliveInterval=15 \(name.shellWord)"
    }

    private func worker(_ address: String, _ keys: String, _ door: Door) -> String {
        "\(program) worker --connect \(address.shellWord) --keys \(keys) --threads \(threads) --peer-port \(door.port)"
            + (door.advertised.map { " --advertise \("\($0):\(door.port)".shellWord)" } ?? "")
    }
}

extension Substring {
    /// Without white space around it.
    fileprivate var trimmed: String {
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex
        return String(self[..<end].drop(while: \.isWhitespace))
    }
}
