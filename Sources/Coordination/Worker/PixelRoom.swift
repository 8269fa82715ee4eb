import Contract

/// Which shards' pixels a worker keeps, and of which it has only what one round needs.
///
/// A worker that is leased more shards than fit into its memory goes on: it keeps as many as fit beside what a round takes of each of the
/// others, and asks for the others' pixels again in every step, which is slower. Checks go to workers at random, so no shard is kept
/// for their sake.
struct PixelRoom: Sendable {
    /// The examples that fit.
    var capacity = 0
    private let shards: Int
    /// The most examples that a round takes of a shard.
    private let examplesOfRound: Int
    /// The examples of a whole shard, in both splits.
    private let size: Int
    private var rounds = 0
    /// The shards that are kept, and the round of each one's newest lease.
    private var kept: [Int: Int] = [:]
    /// The others of this round, and how many examples it takes of each.
    private var passing: [Int: Int] = [:]

    /// A kept shard without a lease for more rounds than this gives way to one that is leased.
    private static let patience = 8

    init(_ contract: Contract) {
        shards = contract.shards
        examplesOfRound = max(contract.microbatch, (contract.validationExamples + shards - 1) / shards)
        size = contract.trainingExamples / shards + contract.validationExamples / shards + 2
    }

    func keeps(_ shard: Int) -> Bool { kept[shard] != nil }

    /// Whether a shard is kept, or has pixels that this round needs.
    func holds(_ shard: Int) -> Bool { keeps(shard) || passing[shard] != nil }

    /// The examples that have to fit now.
    var needed: Int { kept.count * size + passing.values.reduce(0, +) }

    /// Forgets what passed, except for the shards that threads still read.
    ///
    /// - Returns: The shards whose pixels are to be forgotten.
    mutating func beginRound(besides used: Set<Int>) -> [Int] {
        rounds += 1
        let forgotten = passing.keys.filter { !used.contains($0) }.sorted()
        for shard in forgotten { passing[shard] = nil }
        return forgotten
    }

    /// Forgets what passed of some shards, except for those that are still used.
    ///
    /// - Returns: The shards whose pixels are to be forgotten.
    mutating func release(_ shards: [Int], besides used: Set<Int>) -> [Int] {
        let forgotten = shards.filter { passing[$0] != nil && !used.contains($0) }
        for shard in forgotten { passing[shard] = nil }
        return forgotten
    }

    /// Makes room for the shards of a lease, as far as possible: `needed` says whether they fit.
    ///
    /// - Parameters:
    ///   - examples: How many examples of each shard the round takes.
    ///   - used: Shards that leaves still need.
    /// - Returns: The shards whose pixels are to be forgotten.
    mutating func take(_ leased: Range<Int>, examples: Int, isCheck: Bool, besides used: Set<Int>) -> [Int] {
        let used = used.union(leased)
        for shard in leased where keeps(shard) { kept[shard] = rounds }
        var forgotten: [Int] = []
        for shard in leased where !keeps(shard) {
            if !isCheck { forgotten += keep(shard, besides: used) }
            if !keeps(shard) { passing[shard] = max(passing[shard] ?? 0, examples) }
        }
        while needed > capacity, let shard = oldest(besides: used) {
            kept[shard] = nil
            forgotten.append(shard)
        }
        return forgotten
    }

    /// Keeps a shard if there is room, perhaps in place of such as are leased no more.
    private mutating func keep(_ shard: Int, besides used: Set<Int>) -> [Int] {
        var forgotten: [Int] = []
        while !hasRoomForAnother, let old = oldest(besides: used), rounds - (kept[old] ?? rounds) > Self.patience {
            kept[old] = nil
            forgotten.append(old)
        }
        guard hasRoomForAnother else { return forgotten }
        passing[shard] = nil
        kept[shard] = rounds
        return forgotten
    }

    private var hasRoomForAnother: Bool {
        let others = max(passing.values.reduce(0, +), (shards - kept.count - 1) * examplesOfRound)
        return (kept.count + 1) * size + others <= capacity
    }

    private func oldest(besides used: Set<Int>) -> Int? {
        kept.filter { !used.contains($0.key) }.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }
}
