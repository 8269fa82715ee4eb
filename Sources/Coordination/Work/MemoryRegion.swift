/// Memory that one process of a machine owns and another one reads: how it is found, and into how many slots it is cut.
public struct MemoryRegion: Sendable, Equatable {
    /// The owner's process number.
    public var process: Int
    /// The number under which the owner has it open.
    public var descriptor: Int
    public var slots: Int
    public var slotBytes: Int

    /// Slots that a region may have.
    static let mostSlots = 64

    public init(process: Int, descriptor: Int, slots: Int, slotBytes: Int) {
        self.process = process
        self.descriptor = descriptor
        self.slots = slots
        self.slotBytes = slotBytes
    }

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
    }

    mutating func readRegion() throws(WireError) -> MemoryRegion {
        let region = MemoryRegion(
            process: try readCount(), descriptor: try readCount(), slots: try readCount(), slotBytes: try readCount())
        guard (1...MemoryRegion.mostSlots).contains(region.slots), region.slotBytes > 0 else {
            throw .invalid("memory")
        }
        return region
    }

    mutating func write(_ slot: MemorySlot) {
        write(count: slot.index)
        writer.write(slot.stamp)
    }

    mutating func readSlot() throws(WireError) -> MemorySlot {
        MemorySlot(index: try readCount(), stamp: try reader.read(UInt64.self))
    }
}
