import Coordination
import Messaging

extension SumStore {
    /// Does what was decided about a sum.
    ///
    /// - Parameter payload: What came with the event that it was decided on.
    /// - Returns: What came of it, where the decisions wait for that.
    /// - Throws: `OverwrittenError`; `SharedMemoryError` where a worker's memory cannot be mapped.
    mutating func carryOut(_ action: SumAction, _ payload: borrowing Message) throws -> CoordinatorEvent? {
        switch action {
        case .openMemory(let region, let peer):
            memories[peer] = try SharedMemory(region)
            return .memoryOpened(peer)
        case .closeMemory(let peer): memories[peer] = nil
        case .place(let lease, let offset, let total): place(payload, lease: lease, offset: offset, total: total)
        case .placeStored(let slot, let peer, let lease, let range, let total):
            guard let memory = memories[peer], range.upperBound <= memory.slotBytes else { return nil }
            place(memory, slot, lease: lease, range: range, total: total)
        case .commit(let lease, let node): commit(lease: lease, node: node)
        case .drop(let lease): drop(lease: lease)
        case .discard(let node): discard(node: node)
        case .fold(let node): try join(node: node)
        case .hashNode(let round, let node): return .nodeDigest(round, node: node, try digest(node: node))
        case .hashLease(let round, let lease): return .leaseDigest(round, lease: lease, takeDigest(lease: lease))
        }
        return nil
    }
}
