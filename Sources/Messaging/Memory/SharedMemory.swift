import CSharedMemory
import Glibc

/// Memory of another process of this machine, to be read: a few slots of one size, each with a stamp that says what is in it.
///
/// The owner may write over a slot at any time, and changes its stamp before. So a reader works on what it finds and asks
/// `holds` afterwards; where the answer is no, the result is worthless.
///
/// It is an anonymous file that its owner has sealed: its size never changes, so no access fails, and it is gone with the last
/// process that has it. A process number and a descriptor can come to mean another file (a process of another container, a
/// descriptor that was used again), so the first bytes say which one it is.
@safe public class SharedMemory: @unchecked Sendable {
    // Unchecked: the addresses never change, and who may read and write what when is the protocol's business.
    /// What its owner has drawn at random, so that no two are the same.
    public let identity: UInt128
    public let slots: Int
    public let slotBytes: Int
    let base: UnsafeMutableRawPointer

    /// Slots begin where pages do.
    private static let page = 4_096
    /// The identity comes first, then the slots' stamps.
    private static let stamps = 16
    /// Stamps fit in the first page.
    public static let mostSlots = 256

    init(base: UnsafeMutableRawPointer, identity: UInt128, slots: Int, slotBytes: Int) {
        unsafe self.base = base
        self.identity = identity
        self.slots = slots
        self.slotBytes = slotBytes
    }

    /// Maps the memory that a process has made, as it describes it.
    ///
    /// The C functions are `open` (on `/proc/PROCESS/fd/DESCRIPTOR`), `fcntl`, `fstat`, `pread` and `mmap`.
    /// - Throws: It is not there, not this user's, not sealed, not of that size, or another than the one that is meant.
    public convenience init(
        process: Int, descriptor: Int, identity: UInt128, slots: Int, slotBytes: Int
    ) throws(SharedMemoryError) {
        let path = "/proc/\(process)/fd/\(descriptor)"
        guard let bytes = Self.bytes(slots: slots, slotBytes: slotBytes), process > 0, descriptor >= 0 else {
            throw SharedMemoryError("\(slots) slots of \(slotBytes) bytes cannot be shared")
        }
        let file = unsafe tributary_memory_open(path)
        guard file >= 0 else { throw .last("open \(path)") }
        defer { close(file) }
        try Self.check(file, bytes, path)
        try Self.check(file, identity, path)
        guard let base = unsafe mmap(nil, bytes, PROT_READ, MAP_SHARED, file, 0), unsafe base != MAP_FAILED else {
            throw .last("map \(path)")
        }
        unsafe self.init(base: base, identity: identity, slots: slots, slotBytes: slotBytes)
    }

    private static func check(_ file: Int32, _ bytes: Int, _ path: String) throws(SharedMemoryError) {
        let seals = tributary_memory_seals(file)
        guard seals >= 0, seals & tributary_fixed_size == tributary_fixed_size else {
            throw SharedMemoryError("the size of the memory at \(path) may change")
        }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .last("look at \(path)") }
        guard status.st_uid == geteuid(), status.st_size == bytes else {
            throw SharedMemoryError(
                "\(path) has \(status.st_size) bytes of user \(status.st_uid), not \(bytes) of this one")
        }
    }

    private static func check(_ file: Int32, _ identity: UInt128, _ path: String) throws(SharedMemoryError) {
        var found: UInt128 = 0
        let count = unsafe withUnsafeMutableBytes(of: &found) { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        guard count == 16, found == identity else {
            throw SharedMemoryError(
                "the memory at \(path) is not the one that was named: process numbers mean something else here, as in another "
                    + "container")
        }
    }

    /// The C function is `munmap`.
    deinit {
        unsafe munmap(base, Self.bytes(slots: slots, slotBytes: slotBytes) ?? 0)
    }

    /// Bytes of the whole, or nil where they are too many.
    static func bytes(slots: Int, slotBytes: Int) -> Int? {
        guard slots > 0, slots <= mostSlots, slotBytes > 0, slotBytes <= 1 << 40 else { return nil }
        return page + slots * stride(slotBytes)
    }

    private static func stride(_ slotBytes: Int) -> Int { (slotBytes + page - 1) / page * page }

    /// Whether a slot still holds what was written under `stamp`, and did while everything before this call was read.
    public func holds(_ stamp: UInt64, in slot: Int) -> Bool {
        unsafe tributary_stamp_load(self.stamp(of: slot)) == stamp
    }

    /// Lends so many 16-bit numbers at the beginning of a range of a slot's bytes, and the floats behind them.
    ///
    /// Floats begin at the next multiple of four bytes. What another process writes meanwhile may be seen in part.
    public func withNumbers<Result>(
        _ slot: Int, _ range: Range<Int>, halves: Int = 0, _ body: (Span<UInt16>, Span<Float>) -> Result
    ) -> Result {
        let (start, border) = unsafe place(slot, range, halves)
        let low = unsafe UnsafeBufferPointer(
            start: start.bindMemory(to: UInt16.self, capacity: halves), count: halves)
        let count = (range.count - border) / 4
        let high = unsafe UnsafeBufferPointer(
            start: (start + border).bindMemory(to: Float.self, capacity: count), count: count)
        return unsafe body(low.span, high.span)
    }

    func stamp(of slot: Int) -> UnsafeMutablePointer<UInt64> {
        precondition(slot >= 0 && slot < slots, "slot \(slot) of \(slots)")
        return unsafe (base + Self.stamps).assumingMemoryBound(to: UInt64.self) + slot
    }

    /// Where a range of a slot is, and where floats begin in it behind so many 16-bit numbers.
    func place(_ slot: Int, _ range: Range<Int>, _ halves: Int) -> (start: UnsafeMutableRawPointer, border: Int) {
        let border = (halves * 2 + 3) / 4 * 4
        precondition(
            slot >= 0 && slot < slots && range.lowerBound >= 0 && range.upperBound <= slotBytes
                && range.lowerBound % 4 == 0 && halves >= 0 && border <= range.count,
            "the bytes \(range) of slot \(slot), of \(slots) with \(slotBytes) bytes, with \(halves) halves")
        return unsafe (base + Self.page + slot * Self.stride(slotBytes) + range.lowerBound, border)
    }
}

/// Why memory cannot be shared.
public struct SharedMemoryError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    static func last(_ operation: String) -> SharedMemoryError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return SharedMemoryError("cannot \(operation): \(reason)")
    }
}
