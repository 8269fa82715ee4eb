import Coordination
import Messaging

extension MemoryRegion {
    /// How others find this process's memory.
    init(_ memory: OwnMemory) {
        self.init(
            process: memory.process, descriptor: memory.descriptor, identity: memory.identity, slots: memory.slots,
            slotBytes: memory.slotBytes)
    }
}

extension SharedMemory {
    /// Maps the memory that a message describes.
    convenience init(_ region: MemoryRegion) throws(SharedMemoryError) {
        try self.init(
            process: region.process, descriptor: region.descriptor, identity: region.identity, slots: region.slots,
            slotBytes: region.slotBytes)
    }
}
