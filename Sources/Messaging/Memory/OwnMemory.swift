import CSharedMemory
import Glibc

/// Memory that this process writes and others of this machine may read.
@safe public final class OwnMemory: SharedMemory, @unchecked Sendable {
    // Unchecked as its superclass is.
    private let file: Int32

    /// Makes slots of zeros, all of them backed by memory, so that no access can fail later.
    ///
    /// The C functions are `memfd_create`, `fallocate`, `mmap` and `fcntl`.
    /// - Throws: There is too little memory, or the system does not do it.
    public init(slots: Int, slotBytes: Int) throws(SharedMemoryError) {
        guard let bytes = Self.bytes(slots: slots, slotBytes: slotBytes) else {
            throw SharedMemoryError("\(slots) slots of \(slotBytes) bytes cannot be shared")
        }
        file = tributary_memory_create(bytes)
        guard file >= 0 else { throw .last("share \(bytes) bytes of memory") }
        guard let base = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            unsafe base != MAP_FAILED
        else {
            close(file)
            throw .last("map \(bytes) bytes of memory")
        }
        let identity = UInt128.random(in: 0 ... .max)
        unsafe base.storeBytes(of: identity, as: UInt128.self)
        unsafe super.init(base: base, identity: identity, slots: slots, slotBytes: slotBytes)
        // Older systems cannot keep other writers of this user out; all can fix the size.
        _ = tributary_memory_seal(file, tributary_no_other_writer)
        guard tributary_memory_seal(file, tributary_fixed_size) == 0 else {
            throw .last("fix the size of shared memory")
        }
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// What another process needs to find it.
    public var process: Int { Int(getpid()) }

    /// What another process needs to find it.
    public var descriptor: Int { Int(file) }

    /// From now on the slot holds what is written under a new stamp, and nothing that was there before.
    public func begin(_ slot: Int, stamp: UInt64) {
        unsafe tributary_stamp_store(self.stamp(of: slot), stamp)
    }

    /// Copies floats into a slot, from its byte `offset` on.
    public func write(_ floats: Span<Float>, _ slot: Int, at offset: Int) {
        let (target, _) = unsafe place(slot, offset..<offset + 4 * floats.count, 0)
        unsafe floats.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe target.copyMemory(from: base, byteCount: source.count)
        }
    }

    /// Lends a range of a slot's bytes to be written: so many 16-bit numbers, and floats behind them.
    ///
    /// One thread may write a range at a time.
    public func withMutableNumbers<Result>(
        _ slot: Int, _ range: Range<Int>, halves: Int = 0,
        _ body: (inout MutableSpan<UInt16>, inout MutableSpan<Float>) throws -> Result
    ) rethrows -> Result {
        let (start, border) = unsafe place(slot, range, halves)
        if halves % 2 == 1 { unsafe start.storeBytes(of: 0, toByteOffset: border - 2, as: UInt16.self) }
        let count = (range.count - border) / 4
        var low = unsafe UnsafeMutableBufferPointer(
            start: start.bindMemory(to: UInt16.self, capacity: halves), count: halves
        ).mutableSpan
        var high = unsafe UnsafeMutableBufferPointer(
            start: (start + border).bindMemory(to: Float.self, capacity: count), count: count
        ).mutableSpan
        return try body(&low, &high)
    }
}
