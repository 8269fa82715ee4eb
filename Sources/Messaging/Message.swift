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

    /// Makes a message of 16-bit numbers with floats behind them, written once, by `fill`, where libzmq sends them from.
    ///
    /// The floats begin at the next multiple of four bytes. The C function is `zmq_msg_init_size`.
    public init(
        halves: Int = 0, floats: Int, _ fill: (inout MutableSpan<UInt16>, inout MutableSpan<Float>) -> Void
    ) {
        let border = Self.border(halves: halves)
        unsafe handle = .allocate(capacity: 1)
        let code = unsafe zmq_msg_init_size(handle, border + floats * 4)
        precondition(code == 0, "out of memory for a message of \(halves) halves and \(floats) floats")
        guard border + floats > 0, let base = unsafe zmq_msg_data(handle) else { return }
        // A last half that nobody writes is padding, and no stray bytes leave.
        if halves % 2 == 1 { unsafe base.storeBytes(of: 0, toByteOffset: border - 2, as: UInt16.self) }
        let start = unsafe base.bindMemory(to: UInt16.self, capacity: halves)
        let middle = unsafe (base + border).bindMemory(to: Float.self, capacity: floats)
        var low = unsafe UnsafeMutableBufferPointer(start: start, count: halves).mutableSpan
        var high = unsafe UnsafeMutableBufferPointer(start: middle, count: floats).mutableSpan
        fill(&low, &high)
    }

    /// Makes another message of the same bytes, counted and not copied. The C function is `zmq_msg_copy`.
    public func shared() -> Message {
        let other = Message()
        share(with: other)
        return other
    }

    /// Makes `other`, which is empty, one of the same bytes.
    func share(with other: borrowing Message) {
        unsafe zmq_msg_copy(other.handle, handle)
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

    /// What it came over, where that was TCP or a Unix socket. The C function is `zmq_msg_get` with `ZMQ_SRCFD`.
    public var connection: Connection? {
        let descriptor = unsafe zmq_msg_get(handle, ZMQ_SRCFD)
        return descriptor >= 0 ? Connection(descriptor: descriptor) : nil
    }

    /// Copies the bytes out.
    public var bytes: [UInt8] {
        unsafe Array(raw)
    }

    /// Lends the 16-bit numbers at the beginning and all floats behind them.
    /// - Precondition: There are so many.
    public func withNumbers<Result>(halves: Int = 0, _ body: (Span<UInt16>, Span<Float>) -> Result) -> Result {
        let border = Self.border(halves: halves)
        precondition(halves >= 0 && border <= count, "expected \(halves) halves within \(count) bytes")
        guard let base = unsafe zmq_msg_data(handle) else { return body([UInt16]().span, [Float]().span) }
        // libzmq receives small frames into a buffer that they share, wherever they begin.
        guard Int(bitPattern: base) % 4 == 0 else {
            return Message(bytes).withNumbers(halves: halves, body)
        }
        let start = unsafe base.bindMemory(to: UInt16.self, capacity: halves)
        let middle = unsafe (base + border).bindMemory(to: Float.self, capacity: (count - border) / 4)
        let low = unsafe UnsafeBufferPointer(start: start, count: halves)
        let high = unsafe UnsafeBufferPointer(start: middle, count: (count - border) / 4)
        return unsafe body(low.span, high.span)
    }

    /// Where floats begin behind so many 16-bit numbers, in bytes.
    private static func border(halves: Int) -> Int { (halves * 2 + 3) / 4 * 4 }

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
