import Contract

/// What duties may make a worker hold, in bytes. G are those of a sum of gradients, Q those of the parameters, and S are the shards.
extension WorkerState {
    /// The most bytes of pieces that a worker holds until it can add them; what is beyond is not taken.
    ///
    ///     max((log2 S + 2) · G, (S / 2 + 2) · chunk)
    ///
    /// Of n workers each may have log2 S + 1 nodes whose neighbours are not there yet, when it computes leaf after leaf, and a holder has G / n of each.
    /// Where there are fewer chunks than workers a holder has one, of every second leaf at most.
    /// In groups a member has as much of its group's workers, and a holder a chunk of each group besides.
    static func pieceLimit(shards: Int, _ welcome: CoordinatorMessage.Welcome) -> Double {
        let levels = Double(shards.trailingZeroBitCount)
        return max(
            (levels + 2) * Double(welcome.partialBytes), Double(shards / 2 + 2) * Double(welcome.chunkBytes))
    }

    func pieceLimit(_ tree: ReductionTree) -> Double {
        welcome.map { Self.pieceLimit(shards: tree.leaves, $0) } ?? 0
    }

    /// All that duties may take: the pieces, the parameters that are passed on, and what is under way from others, G + Q at most, whatever their
    /// number. What is under way to them is the worker's own sums and those parameters, and lies here once.
    ///
    /// Nothing where the run gives none, where others do not reach the worker, or where it shares the coordinator's memory: then it has no duties.
    func dutyBytes(of contract: Contract, _ welcome: CoordinatorMessage.Welcome) -> Double {
        guard welcome.givesDuties, !configuration.hello.door.isEmpty, welcome.memory == nil else { return 0 }
        return Self.pieceLimit(shards: contract.shards, welcome) + Double(welcome.partialBytes)
            + 2 * Double(welcome.parameterBytes)
    }
}
