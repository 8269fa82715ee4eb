import CZeroMQ

/// Wakes a thread that waits in a `Poller`; any thread may ring it.
///
/// The C function is `eventfd`: a counter in the kernel that becomes readable when it is not zero.
public final class Doorbell: Sendable {
    let descriptor: Int32

    /// - Throws: The process has too many open files.
    public init() throws(MessagingError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if descriptor == -1 { throw .last("open", endpoint: "a doorbell") }
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the waiting thread, now or when it next waits. The C function is `eventfd_write`.
    public func ring() {
        eventfd_write(descriptor, 1)
    }

    /// Makes it silent again. The C function is `eventfd_read`.
    public func silence() {
        var rings: eventfd_t = 0
        unsafe eventfd_read(descriptor, &rings)
    }
}
