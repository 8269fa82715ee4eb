import Messaging
import Synchronization

/// Events that other threads leave for the thread that owns the sockets.
final class Inbox<Event: Sendable>: Sendable {
    private let events = Mutex<[Event]>([])
    let doorbell: Doorbell

    init() throws(MessagingError) {
        doorbell = try Doorbell()
    }

    /// Leaves an event and wakes the owner.
    func put(_ event: Event) {
        events.withLock { $0.append(event) }
        doorbell.ring()
    }

    /// Takes all events, the oldest first.
    func takeAll() -> [Event] {
        events.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
