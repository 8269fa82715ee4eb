import Coordination
import Messaging
import Synchronization

/// Asks a coordinator how its run is doing, over the link and with the keys that a worker would use. It joins nothing.
///
///     let question = try StatusQuestion("tcp://head:7077", security: .keys(keys))
///     let status = try question.ask()
public final class StatusQuestion {
    private let endpoint: Endpoint
    private let security: LinkSecurity<WorkerKeys>
    private let context: Context
    private let doorbell: Doorbell
    private var link: Link
    private let clock = MonotonicClock()

    /// How long an answer may take.
    static let patience = Duration.seconds(10)
    /// A question that found no connection yet, or came while the coordinator had answered enough, is asked again.
    private static let pause = Duration.milliseconds(250)

    /// Opens the link; nobody is asked yet.
    ///
    /// - Parameter address: `tcp://HOST:PORT` or `ipc://PATH`.
    /// - Throws: One sentence about the address.
    public init(_ address: String, security: LinkSecurity<WorkerKeys>) throws {
        endpoint = try Endpoint(address)
        self.security = security
        try Link.check(endpoint, security: security.ofClient)
        context = try Context()
        doorbell = try Doorbell()
        link = try Link.idle(in: context)
    }

    /// Asks, and waits for the answer at most 10 s.
    ///
    /// - Throws: `StatusUnanswered`, `UnreadableStatus`; a sentence where the address's name leads nowhere.
    public func ask() throws -> ClusterStatus {
        for address in try endpoint.hasName ? endpoint.addresses() : [endpoint] {
            try connect(to: address)
            if let status = try answer() { return status }
        }
        throw StatusUnanswered(endpoint, "nobody answered within \(Self.patience)")
    }

    private func connect(to address: Endpoint) throws {
        link = try Link.connecting(
            to: address, as: [1] + (0..<15).map { _ in UInt8.random(in: 0...255) }, in: context,
            security: security.ofClient)
    }

    private func answer() throws -> ClusterStatus? {
        let end = clock.now + Self.patience
        var due = clock.now
        while clock.now < end {
            if clock.now >= due {
                _ = try link.control.send(Message(Envelope(WorkerMessage.statusWanted, fence: .outside).encoded))
                due = clock.now + Self.pause
            }
            _ = try Poller.wait(
                control: link.control, bulk: link.bulk, doorbell: doorbell, atMost: .milliseconds(50))
            for failure in try link.takeFailures() { try check(failure) }
            if let status = try takeAnswer() { return status }
        }
        return nil
    }

    private func takeAnswer() throws -> ClusterStatus? {
        while let arrival = try Arrival.next(on: link.control) {
            let message: CoordinatorMessage
            do throws(WireError) {
                message = try arrival.decoded(CoordinatorMessage.self).body
            } catch {
                throw StatusUnanswered(endpoint, "what it says is no message: \(error)")
            }
            switch message {
            case .status: return try ClusterStatus(encoded: arrival.payload.bytes)
            case .refused(let sentence): throw StatusUnanswered(endpoint, sentence)
            default: break
            }
        }
        return nil
    }

    /// A connection that is refused is not tried again; one that is lost may come back.
    private func check(_ failure: ConnectionFailure) throws {
        switch failure {
        case .refused: throw StatusUnanswered(endpoint, "the key is not on the coordinator's list, or was barred")
        case .unproven, .otherMechanism:
            guard case .keys = security else {
                throw StatusUnanswered(
                    endpoint, "the coordinator uses keys: name a worker's folder of them with --keys")
            }
            throw StatusUnanswered(
                endpoint,
                failure == .unproven
                    ? "what listens there has another key than the coordinator's"
                    : "what listens there uses no keys: ask it with --insecure")
        case .lost: break
        }
    }
}

/// Why there is no answer, in one sentence.
public struct StatusUnanswered: Error, CustomStringConvertible {
    public let description: String

    init(_ endpoint: Endpoint, _ reason: String) {
        description = "the coordinator at \(endpoint) said nothing of its run: \(reason)"
    }
}
