/// Which examples' pixels a worker has, shard by shard.
struct PixelLedger: Sendable, Equatable {
    private let shards: Int
    private let sizes: [PixelSplit: Int]
    private var present: [PixelSplit: [Int: Set<UInt32>]] = [:]

    /// - Parameters:
    ///   - shards: Example i belongs to shard i mod `shards`.
    ///   - sizes: The number of examples of each split.
    init(shards: Int, sizes: [PixelSplit: Int]) {
        self.shards = shards
        self.sizes = sizes
    }

    func contains(_ example: UInt32, in split: PixelSplit) -> Bool {
        present[split]?[Int(example) % shards]?.contains(example) ?? false
    }

    /// Whether all examples of a shard are here.
    func isComplete(shard: Int, in split: PixelSplit) -> Bool {
        let size = ((sizes[split] ?? 0) - shard + shards - 1) / shards
        return present[split]?[shard]?.count == size
    }

    /// Whether there is such an example.
    func covers(_ example: UInt32, in split: PixelSplit) -> Bool { Int(example) < sizes[split] ?? 0 }

    mutating func insert(_ example: UInt32, in split: PixelSplit) {
        present[split, default: [:]][Int(example) % shards, default: []].insert(example)
    }

    mutating func forget(shard: Int) {
        for split in PixelSplit.allCases { present[split]?[shard] = nil }
    }
}
