import CZeroMQ
import Synchronization

/// What libzmq tells of a socket's connections.
///
/// libzmq tells it from the thread that serves all sockets of a context, and that thread waits where an event finds no room or no
/// reader: no socket would connect, send or receive any more. So events have all the room they want, and the monitored socket
/// calls `stop` before its reader goes.
///
/// Used by one thread at a time, like the socket it reads from.
final class SocketMonitor {
    /// Something that happened, one of `ZMQ_EVENT_*`, and what libzmq says with it: a descriptor or a reason.
    struct Event {
        let kind: Int32
        let value: Int32
    }

    private static let monitors = Atomic(0)

    private let events: Socket

    /// Monitors a socket that neither listens nor connects yet. The C function is `zmq_socket_monitor`.
    ///
    /// - Parameter kinds: The sum of the wanted `ZMQ_EVENT_*`.
    init(_ socket: borrowing Socket, _ kinds: Int32, in context: Context) throws(MessagingError) {
        let address = "inproc://events-\(Self.monitors.add(1, ordering: .relaxed).newValue)"
        if unsafe zmq_socket_monitor(socket.pointer, address, kinds) == -1 { throw .last("monitor a socket") }
        var options = SocketOptions()
        options.maximumUnreadMessages = 0  // libzmq's word for no limit
        events = try Socket(.pair, in: context, options: options)
        try events.connect(to: Endpoint(address))
    }

    /// Ends the events of a socket that is about to be closed.
    static func stop(_ socket: borrowing Socket) {
        unsafe zmq_socket_monitor(socket.pointer, nil, 0)
    }

    /// The next event that has not been taken yet, or nil.
    func next() throws(MessagingError) -> Event? {
        while let event = try events.receive()?.bytes {
            _ = try events.receive()  // the address
            guard event.count == 6 else { continue }
            // Little-endian, as every machine that this runs on.
            let kind = Int32(event[0]) | Int32(event[1]) << 8
            return Event(kind: kind, value: (2..<6).reduce(0) { $0 | Int32(event[$1]) << (8 * ($1 - 2)) })
        }
        return nil
    }

    /// Waits until there is an event or the time is over.
    func wait(atMost limit: Duration) throws(MessagingError) {
        try Poller.wait(for: events, atMost: limit)
    }
}
