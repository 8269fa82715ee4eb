/// Which examples' pixels a worker has, shard by shard.
struct PixelLedger: Sendable, Equatable {
    private let shards: Int
    private let sizes: [PixelSplit: Int]
    private var present: [PixelSplit: [Int: [Bool]]] = [:]
    /// How many examples of a shard are not here, for shards of which any is.
    private var missing: [PixelSplit: [Int: Int]] = [:]

    /// - Parameters:
    ///   - shards: Example i belongs to shard i mod `shards`.
    ///   - sizes: The number of examples of each split.
    init(shards: Int, sizes: [PixelSplit: Int]) {
        self.shards = shards
        self.sizes = sizes
    }

    func contains(_ example: UInt32, in split: PixelSplit) -> Bool {
        present[split]?[Int(example) % shards]?[Int(example) / shards] ?? false
    }

    /// Whether all examples of a shard are here.
    func isComplete(shard: Int, in split: PixelSplit) -> Bool {
        missing[split]?[shard] == 0
    }

    /// Records an example; answers false where there is no such one.
    mutating func insert(_ example: UInt32, in split: PixelSplit) -> Bool {
        guard let size = sizes[split], Int(example) < size else { return false }
        let shard = Int(example) % shards
        if contains(example, in: split) { return true }
        let length = (size - shard + shards - 1) / shards
        present[split, default: [:]][shard, default: [Bool](repeating: false, count: length)][Int(example) / shards] =
            true
        missing[split, default: [:]][shard, default: length] -= 1
        return true
    }
}
