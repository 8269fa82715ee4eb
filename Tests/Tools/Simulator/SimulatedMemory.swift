import Coordination

/// Memory of one simulated process that others on its machine can read.
final class SimulatedMemory {
    private struct Slot {
        var stamp: UInt64 = 0
        var floats: [Float] = []
    }

    let region: MemoryRegion
    /// Whether readers believe whatever they find.
    private let isTrusted: Bool
    private var slots: [Slot]

    init(_ region: MemoryRegion, isTrusted: Bool) {
        self.region = region
        self.isTrusted = isTrusted
        slots = Array(repeating: Slot(), count: region.slots)
    }

    /// Begins to write: what was there is lost, and what will be there is not there yet.
    func begin(_ slot: MemorySlot) {
        slots[slot.index].stamp = slot.stamp
        scribble(slot.index)
    }

    /// Writes under whatever stamp the slot has, as a thread does that does not know better.
    func write(_ floats: [Float], _ slot: Int) {
        slots[slot].floats = floats
    }

    /// What half-written floats look like to who reads them.
    func scribble(_ slot: Int) {
        slots[slot].floats = Array(repeating: 12_345, count: region.slotBytes / 4)
    }

    /// The first `count` floats of a slot; nil where another stamp says that they are not those that were meant.
    func read(_ slot: MemorySlot, count: Int) -> [Float]? {
        guard isTrusted || slots[slot.index].stamp == slot.stamp else { return nil }
        return Array(slots[slot.index].floats.prefix(count))
    }
}

/// The one machine that simulated processes share, if they share memory.
final class SimulatedMachine {
    private var memories: [SimulatedMemory] = []
    private let isTrusted: Bool

    init(sabotage: Sabotage?) {
        isTrusted = sabotage == .stampsIgnored
    }

    func make(process: Int, slots: Int, slotBytes: Int) -> SimulatedMemory {
        let number = memories.count
        let region = MemoryRegion(
            process: process, descriptor: number, identity: UInt128(number), slots: slots, slotBytes: slotBytes)
        let memory = SimulatedMemory(region, isTrusted: isTrusted)
        memories.append(memory)
        return memory
    }

    /// The memory that a message describes.
    func open(_ region: MemoryRegion) -> SimulatedMemory? {
        memories.indices.contains(region.descriptor) ? memories[region.descriptor] : nil
    }
}
