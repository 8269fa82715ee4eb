import CZeroMQ

/// Bytes that several messages send without copying them; freed when the last message has left.
///
/// They are written once, by the closure that makes them, and only read afterwards.
@safe public final class SharedBytes: @unchecked Sendable {
    // Unchecked: immutable after init, so libzmq's background threads may read and release it.
    private let storage: UnsafeMutableRawBufferPointer

    /// The number of bytes.
    public var count: Int { unsafe storage.count }

    /// Copies arrays of floats, one behind the other, as they lie in memory (little-endian on every machine this builds
    /// for).
    public init(floats arrays: [Float]...) {
        unsafe storage = .allocate(byteCount: arrays.reduce(0) { $0 + $1.count } * 4, alignment: 64)
        var offset = 0
        for floats in arrays {
            unsafe floats.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: storage[offset..<(offset + source.count)])
                    .copyMemory(from: source)
                offset += source.count
            }
        }
    }

    /// Copies `bytes`.
    public init(bytes: [UInt8]) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 64)
        unsafe bytes.withUnsafeBytes { unsafe storage.copyMemory(from: $0) }
    }

    deinit {
        unsafe storage.deallocate()
    }

    /// The bytes of `range`, valid as long as this object lives.
    func pointer(to range: Range<Int>) -> UnsafeMutableRawPointer? {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "expected a range within \(count) bytes, got \(range)")
        return unsafe storage.baseAddress.map { unsafe $0 + range.lowerBound }
    }
}
