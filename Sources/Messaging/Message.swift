import CZeroMQ

/// One frame: bytes that are sent or were received. Moved, never copied by accident.
///
/// The `zmq_msg_t` lives on the heap, since libzmq forbids moving it in memory.
@safe public struct Message: ~Copyable {
    let handle: UnsafeMutablePointer<zmq_msg_t>

    /// Makes an empty message to receive into. The C function is `zmq_msg_init`.
    init() {
        unsafe handle = .allocate(capacity: 1)
        unsafe zmq_msg_init(handle)
    }

    /// Copies `bytes`. The C function is `zmq_msg_init_buffer`'s older equal, `zmq_msg_init_size`.
    public init(_ bytes: [UInt8]) {
        unsafe handle = .allocate(capacity: 1)
        let code = unsafe zmq_msg_init_size(handle, bytes.count)
        precondition(code == 0, "out of memory for a message of \(bytes.count) bytes")
        unsafe bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe zmq_msg_data(handle).copyMemory(from: base, byteCount: source.count)
        }
    }

    /// Sends `range` of `owner` without copying; the message keeps `owner` alive until the last byte has left.
    /// The C function is `zmq_msg_init_data`.
    public init(sharing owner: SharedBytes, _ range: Range<Int>) {
        unsafe handle = .allocate(capacity: 1)
        let retained = unsafe Unmanaged.passRetained(owner).toOpaque()
        let code = unsafe zmq_msg_init_data(
            handle, owner.pointer(to: range), range.count,
            { _, hint in
                if let hint = unsafe hint { unsafe Unmanaged<SharedBytes>.fromOpaque(hint).release() }
            }, retained)
        precondition(code == 0, "out of memory for a message of \(range.count) bytes")
    }

    /// Makes another message of the same bytes, counted and not copied. The C function is `zmq_msg_copy`.
    public func shared() -> Message {
        let other = Message()
        unsafe zmq_msg_copy(other.handle, handle)
        return other
    }

    /// The C function is `zmq_msg_close`.
    deinit {
        unsafe zmq_msg_close(handle)
        unsafe handle.deallocate()
    }

    /// The number of bytes. The C function is `zmq_msg_size`.
    public var count: Int { unsafe zmq_msg_size(handle) }

    /// Whether more frames of the same message follow. The C function is `zmq_msg_more`.
    public var hasMore: Bool { unsafe zmq_msg_more(handle) != 0 }

    /// The key whose owner sent it, where the sender connected to a listener with a `Doorkeeper`. The C function is
    /// `zmq_msg_gets` with `User-Id`.
    ///
    /// Only for messages of a socket with `SocketSecurity.server`: elsewhere a peer can write into this property what it likes.
    public var sender: PublicKey? {
        guard let text = unsafe zmq_msg_gets(handle, "User-Id") else { return nil }
        return PublicKey(unsafe String(cString: text))
    }

    /// Copies the bytes out.
    public var bytes: [UInt8] {
        unsafe Array(raw)
    }

    /// The number of whole floats that the bytes are.
    public var floatCount: Int { count / 4 }

    /// Copies all floats over `destination`, from its element `start` on.
    /// - Precondition: They fit.
    public func copyFloats(into destination: inout [Float], at start: Int) {
        copyFloats(0..<floatCount, into: &destination, at: start)
    }

    /// Copies `range` of the floats over `destination`, from its element `start` on.
    /// - Precondition: Both ranges exist.
    public func copyFloats(_ range: Range<Int>, into destination: inout [Float], at start: Int) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= floatCount && start >= 0
                && range.count <= destination.count - start,
            "expected \(range) within \(floatCount) floats to fit in \(destination.count) from \(start)")
        unsafe destination.withUnsafeMutableBytes { target in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[(start * 4)..<((start + range.count) * 4)])
                .copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: raw[(range.lowerBound * 4)..<(range.upperBound * 4)]))
        }
    }

    /// Copies `range` of the bytes over `destination`, from its element `start` on.
    /// - Precondition: Both ranges exist.
    public func copyBytes(_ range: Range<Int>, into destination: inout [UInt8], at start: Int) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && start >= 0
                && range.count <= destination.count - start,
            "expected \(range) within \(count) bytes to fit in \(destination.count) from \(start)")
        unsafe destination.withUnsafeMutableBytes { target in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<(start + range.count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[range]))
        }
    }

    /// The C function is `zmq_msg_data`.
    private var raw: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: zmq_msg_data(handle), count: count)
    }
}
