import CZeroMQ

/// Waits until one of a link's sockets has a message or its doorbell rings.
public enum Poller {
    /// What ended a wait. All are false when time ran out.
    public struct Ready: Sendable, Equatable {
        public var control = false
        public var bulk = false
        public var doorbell = false
    }

    /// Waits at most `limit`. The C function is `zmq_poll`.
    ///
    /// An interrupted wait returns early with nothing ready, so that a signal is acted on at once. A doorbell that rang
    /// is silenced.
    ///
    /// - Parameter others: Sockets that end the wait, too.
    public static func wait(
        control: borrowing Socket, bulk: borrowing Socket, doorbell: Doorbell, others: [OwnedSocket] = [],
        atMost limit: Duration
    ) throws(MessagingError) -> Ready {
        var items = unsafe [
            zmq_pollitem_t(socket: control.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: bulk.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: nil, fd: doorbell.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        for other in others {
            unsafe items.append(
                zmq_pollitem_t(socket: other.socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
        }
        if unsafe zmq_poll(&items, Int32(items.count), milliseconds(limit)) == -1 {
            if zmq_errno() == EINTR { return Ready() }
            throw .last("wait for messages")
        }
        let ready = unsafe Ready(
            control: items[0].revents != 0, bulk: items[1].revents != 0, doorbell: items[2].revents != 0)
        if ready.doorbell { doorbell.silence() }
        return ready
    }

    /// Waits at most `limit` for a message of one socket, or its doorbell where it has one. The C function is `zmq_poll`.
    ///
    /// An interrupted wait returns early. A doorbell that rang is silenced.
    static func wait(
        for socket: borrowing Socket, _ doorbell: Doorbell? = nil, atMost limit: Duration
    ) throws(MessagingError) {
        var items = unsafe [
            zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: nil, fd: doorbell?.descriptor ?? -1, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        if unsafe zmq_poll(&items, doorbell == nil ? 1 : 2, milliseconds(limit)) == -1, zmq_errno() != EINTR {
            throw .last("wait for messages")
        }
        if unsafe items[1].revents != 0 { doorbell?.silence() }
    }

    /// Rounds up, so that a wait never ends before its time.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard duration > .zero else { return 0 }
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
