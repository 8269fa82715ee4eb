/// Memory that one process of a machine owns and another one reads: how it is found, and into how many slots it is cut.
public struct MemoryRegion: Sendable, Equatable {
    /// The owner's process number.
    public var process: Int
    /// The number under which the owner has it open.
    public var descriptor: Int
    /// What the owner has drawn at random and written into it: whoever finds something else has found other memory.
    public var identity: UInt128
    public var slots: Int
    public var slotBytes: Int

    /// Slots that a coordinator has for parameters; they take turns.
    public static let parameterSlots = 2
    /// Slots that a worker has for the sums of a round: it has seldom more nodes, and a sum that finds none leaves over the bulk
    /// link.
    static let sumSlots = 3

    public init(process: Int, descriptor: Int, identity: UInt128, slots: Int, slotBytes: Int) {
        self.process = process
        self.descriptor = descriptor
        self.identity = identity
        self.slots = slots
        self.slotBytes = slotBytes
    }

    /// Whether it is what a coordinator has for parameters and statistics, and nothing larger.
    func holdsParameters(_ sizes: BulkSizes) -> Bool {
        slots == Self.parameterSlots && slotBytes == sizes.parameterBytes
    }

    /// Whether it is what a worker has for sums, and nothing larger.
    func holdsSums(_ sizes: BulkSizes) -> Bool { slots == Self.sumSlots && slotBytes == sizes.largestPartialBytes }

    func contains(_ slot: MemorySlot) -> Bool { slot.index >= 0 && slot.index < slots }
}

/// What a slot of a region holds. A stamp is never given twice, so whoever finds another one knows that what he looks for was
/// written over.
public struct MemorySlot: Sendable, Hashable {
    public var index: Int
    public var stamp: UInt64

    public init(index: Int, stamp: UInt64) {
        self.index = index
        self.stamp = stamp
    }
}

extension WireFields {
    mutating func write(_ region: MemoryRegion) {
        for count in [region.process, region.descriptor, region.slots, region.slotBytes] { write(count: count) }
        writer.write(region.identity)
    }

    mutating func readRegion() throws(WireError) -> MemoryRegion {
        let (process, descriptor) = (try readCount(), try readCount())
        let (slots, slotBytes) = (try readCount(), try readCount())
        return MemoryRegion(
            process: process, descriptor: descriptor, identity: try reader.read(UInt128.self), slots: slots,
            slotBytes: slotBytes)
    }

    mutating func write(_ slot: MemorySlot) {
        write(count: slot.index)
        writer.write(slot.stamp)
    }

    mutating func readSlot() throws(WireError) -> MemorySlot {
        MemorySlot(index: try readCount(), stamp: try reader.read(UInt64.self))
    }
}
