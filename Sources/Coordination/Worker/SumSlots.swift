/// Which slots of a worker's memory hold sums that the coordinator may still read.
struct SumSlots: Sendable {
    /// Of which round the sum in each slot is.
    private var rounds = [Round?](repeating: nil, count: MemoryRegion.sumSlots)
    private var stamp: UInt64 = 0

    /// A slot for a sum of `round`, if one is free: a coordinator that begins a round has folded those before it. (A late sum, which
    /// it only compares, may be written over before it is; then the stamp is another.)
    ///
    /// - Parameter busy: Slots that a thread may still write to.
    mutating func take(for round: Round, besides busy: Set<Int>) -> MemorySlot? {
        let free = rounds.indices.first { index in
            !busy.contains(index) && rounds[index].map { $0 < round } ?? true
        }
        guard let free else { return nil }
        rounds[free] = round
        stamp += 1
        return MemorySlot(index: free, stamp: stamp)
    }
}

/// How a node's sum gets to the coordinator.
enum SumPlace: Sendable, Equatable {
    /// In messages of the bulk link.
    case link
    /// The coordinator reads it here.
    case memory(MemorySlot)

    var slot: MemorySlot? {
        if case .memory(let slot) = self { slot } else { nil }
    }
}
