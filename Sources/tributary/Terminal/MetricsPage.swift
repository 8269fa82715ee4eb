import Cluster
import Monitoring
import Web

/// A run's metrics, served while it goes on.
final class MetricsPage {
    private let serving: Serving

    /// - Throws: `ListeningError`.
    init(_ listen: ListenAddress, _ lookout: Lookout) throws {
        let server = try MetricsServer(address: listen.address, port: listen.port, lookout)
        serving = Serving { try await server.run() }
        let place = listen.with(port: server.port ?? listen.port)
        Terminal.standardError.line("metrics: http://\(place)\(MetricsServer.path)")
    }

    func end() { serving.cancel() }
}
