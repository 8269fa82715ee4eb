import Contract

/// What a run may make a worker hold, in bytes, and what a contract asks for.
///
/// A contract comes from the network: what it asks for is added up before any of it is allocated.
struct MemoryBudget: Sendable {
    let limit: Int

    /// Says that the pixels of so many shards cannot be held beside the rest, or nothing where they can.
    ///
    /// Beside its pixels an example takes a few bytes in lists. The rest: two sets of parameters, a set and a sum of either kind for each thread and one more of each, and what may be under way on
    /// the link. The sums are done in floating point, where nothing overflows.
    func problem(_ contract: Contract, _ welcome: CoordinatorMessage.Welcome, threads: Int, shards: Int) -> String? {
        let sizes = [
            2 * Double(welcome.parameterBytes),
            Double(threads + 1)
                * (Double(welcome.parameterBytes) + Double(welcome.partialBytes) + Double(welcome.evaluationBytes)),
            // Which chunks of a sum are there, where a mad coordinator makes chunks of one byte.
            Double(welcome.partialBytes) + Double(welcome.evaluationBytes),
            2 * Double(min(welcome.windowBytes, 1 << 30)),
            // Sums that lie where the coordinator reads them.
            welcome.memory == nil
                ? 0 : Double(MemoryRegion.sumSlots) * Double(welcome.sizes.largestPartialBytes),
            Double(shards)
                * (Double(contract.trainingExamples + contract.validationExamples) / Double(contract.shards) + 2)
                * (Double(welcome.exampleBytes) + 16),
        ]
        let needed = sizes.reduce(0, +)
        guard needed > Double(limit) else { return nil }
        return
            "the run asks for \(Self.text(needed)) of memory here and this worker may use \(Self.text(Double(limit))): "
            + "give it more with --memory, or use more workers"
    }

    /// "1.5 GB"
    static func text(_ bytes: Double) -> String {
        let tenths = Int((min(bytes, 1e18) / 1e8).rounded(.up))
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}
