import CZeroMQ

/// Owns ZeroMQ's background threads; one per process is enough.
///
/// Sockets keep their context alive, so it ends with the last of them.
@safe public final class Context: @unchecked Sendable {
    // Unchecked: the pointer never changes, and libzmq documents contexts as thread-safe (only sockets are not).
    let pointer: UnsafeMutableRawPointer

    /// Three for each of a thousand connections to other workers, instead of libzmq's 1,023.
    private static let mostSockets: Int32 = 4_096

    /// Starts the background threads. The C function is `zmq_ctx_new`.
    /// - Parameter backgroundThreads: One carries about 1 GB/s; more help only beyond 10 Gbit/s.
    public init(backgroundThreads: Int = 1) throws(MessagingError) {
        guard let pointer = unsafe zmq_ctx_new() else { throw .last("start ZeroMQ") }
        unsafe self.pointer = pointer
        unsafe zmq_ctx_set(pointer, ZMQ_IO_THREADS, Int32(backgroundThreads))
        unsafe zmq_ctx_set(pointer, ZMQ_IPV6, 1)
        unsafe zmq_ctx_set(pointer, ZMQ_MAX_SOCKETS, Self.mostSockets)
        unsafe zmq_ctx_set(pointer, ZMQ_BLOCKY, 0)
    }

    /// Ends the background threads; all sockets are closed by now, since each keeps its context alive. The C function is
    /// `zmq_ctx_term`.
    deinit {
        while unsafe zmq_ctx_term(pointer) == -1, zmq_errno() == EINTR {}
    }
}
