import Cluster
import Web

/// Answers Prometheus, and whoever else reads its format.
public struct MetricsServer: Sendable {
    private let server: WebServer
    private let rule: AccessRule
    private let lookout: Lookout

    /// Where metrics are.
    public static let path = "/metrics"

    /// Listens.
    ///
    /// - Parameters:
    ///   - address: A numeric address of this machine. On a loopback address only this machine is answered, under its own names; on any other whoever
    ///     reaches it.
    ///   - port: 0 for one that is free.
    /// - Throws: `ListeningError`.
    public init(address: String, port: UInt16, _ lookout: Lookout) throws(ListeningError) {
        server = try WebServer(address: address, port: port)
        rule = Self.isLoopback(address) ? .loopback : .anybody
        self.lookout = lookout
    }

    static func isLoopback(_ address: String) -> Bool { address == "::1" || address.hasPrefix("127.") }

    /// The port that it listens on.
    public var port: UInt16? { server.port }

    /// Answers until the task is cancelled.
    ///
    /// - Throws: What ended it.
    public func run() async throws {
        let rule = rule
        try await server.run { head throws(Refusal) in
            try rule.check(head, isPage: false)
            return 0
        } _: {
            answer($0)
        }
    }

    func answer(_ request: Request) -> Answer {
        guard request.head.path == Self.path else {
            return Answer(Refusal(404, "there is nothing at \(request.head.path): metrics are at \(Self.path)"))
        }
        guard request.head.method == .get else {
            return Answer(Refusal(405, "\(Self.path) is asked for with GET"))
        }
        let ofRun = lookout.latest.map { ClusterMetrics($0.status, age: $0.age / .seconds(1)).families } ?? []
        return Answer(type: Exposition.type, body: Array(Exposition.text(ofRun + ProcessMetrics().families).utf8))
    }
}
