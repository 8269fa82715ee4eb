import CZeroMQ
import Foundation
import Synchronization

/// Keeps the connections to a listening socket within their limits, on a thread of its own.
///
/// The thread ends when libzmq says that the socket is closed; whoever lets go of the watch waits for that.
final class ConnectionWatch: Sendable {
    /// How often it looks at what connections have received.
    private static let interval = Duration.milliseconds(25)
    private static let wanted =
        ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_MONITOR_STOPPED

    private let connections: Connections
    private let ended = DispatchSemaphore(value: 0)

    /// Watches a socket that does not listen yet.
    init(
        _ socket: borrowing Socket, in context: Context, _ limits: ConnectionTable.Limits
    ) throws(MessagingError) {
        connections = Connections(limits)
        start(try Events(socket, in: context))
    }

    /// By now the socket is being closed. A limit, for a process that ends must not hang.
    deinit { _ = ended.wait(timeout: .now() + 2) }

    /// - Parameter owner: Whose message it is, where that is proven.
    func deliver(_ connection: Connection, from owner: @autoclosure () -> PublicKey?) {
        connections.deliver(connection.descriptor, from: owner())
    }

    func empty() {
        connections.table.withLock { $0.empty() }
    }

    private func start(_ events: Events) {
        let thread = Thread { [connections, ended] in
            var due = ContinuousClock.now + Self.interval
            while events.wait(connections) {
                guard ContinuousClock.now >= due else { continue }
                due = ContinuousClock.now + Self.interval
                connections.look()
            }
            events.close()
            ended.signal()
        }
        thread.name = "connections"
        thread.start()
    }

    /// The connections, for the thread that reads the socket and the one that watches it.
    private final class Connections: Sendable {
        let table: Mutex<ConnectionTable>
        private let begin = ContinuousClock.now

        init(_ limits: ConnectionTable.Limits) {
            table = Mutex(ConnectionTable(limits))
        }

        private var now: Duration { ContinuousClock.now - begin }

        func deliver(_ descriptor: Int32, from owner: @autoclosure () -> PublicKey?) {
            table.withLock { $0.deliver(descriptor, from: owner(), at: now) }
        }

        func look() {
            let ending = table.withLock { $0.look(at: now) { Connection(descriptor: $0).receivedBytes } }
            for descriptor in ending { Connection(descriptor: descriptor).end() }
        }

        func take(_ event: Int32, _ descriptor: Int32) {
            guard event == ZMQ_EVENT_ACCEPTED else { return table.withLock { $0.close(descriptor) } }
            let ending = table.withLock { $0.accept(descriptor, at: now) }
            if let ending { Connection(descriptor: ending).end() }
        }
    }

    /// What libzmq tells, for the watch's thread alone once it runs.
    private final class Events: @unchecked Sendable {
        // Unchecked: made on one thread and handed to another before anything else happens, as libzmq permits.
        private var monitor: SocketMonitor?

        init(_ socket: borrowing Socket, in context: Context) throws(MessagingError) {
            monitor = try SocketMonitor(socket, ConnectionWatch.wanted, in: context)
        }

        func close() { monitor = nil }

        /// Waits for events and passes them on; answers false after the last. A failing socket is the last, too.
        func wait(_ connections: Connections) -> Bool {
            do throws(MessagingError) {
                guard let monitor else { return false }
                try monitor.wait(atMost: ConnectionWatch.interval)
                while let event = try monitor.next() {
                    if event.kind == ZMQ_EVENT_MONITOR_STOPPED { return false }
                    connections.take(event.kind, event.value)
                }
                return true
            } catch {
                return false
            }
        }
    }
}
