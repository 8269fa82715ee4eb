import CZeroMQ

/// A libzmq socket as options see it: one that nobody owns yet, or one lent by its owner for a call.
@safe struct SocketHandle {
    let pointer: UnsafeMutableRawPointer

    /// The C function is `zmq_socket`.
    init(_ kind: Socket.Kind, in context: Context) throws(MessagingError) {
        let type =
            switch kind {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .reply: ZMQ_REP
            case .pair: ZMQ_PAIR
            }
        guard let pointer = unsafe zmq_socket(context.pointer, type) else { throw .last("open a socket") }
        unsafe self.pointer = pointer
    }

    /// The owner's socket, for as long as the call takes.
    init(borrowing socket: borrowing Socket) {
        unsafe pointer = socket.pointer
    }

    /// The C function is `zmq_close`.
    func close() {
        unsafe zmq_close(pointer)
    }

    /// The C function is `zmq_setsockopt`.
    func set(_ option: Int32, _ value: Int) throws(MessagingError) {
        var narrow = Int32(value)
        try set(option) { unsafe zmq_setsockopt(pointer, option, &narrow, 4) }
    }

    /// The C function is `zmq_setsockopt`, for the options that take 64 bits.
    func setWide(_ option: Int32, _ value: Int64) throws(MessagingError) {
        var wide = value
        try set(option) { unsafe zmq_setsockopt(pointer, option, &wide, 8) }
    }

    /// The C function is `zmq_setsockopt`, for the options that take bytes.
    func setBytes(_ option: Int32, _ value: [UInt8]) throws(MessagingError) {
        try set(option) { unsafe zmq_setsockopt(pointer, option, value, value.count) }
    }

    private func set(_ option: Int32, _ call: () -> Int32) throws(MessagingError) {
        if call() == -1 { throw .last("set option \(option) of a socket") }
    }
}
