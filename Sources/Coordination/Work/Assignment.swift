import Contract

/// Which worker computes which nodes.
///
/// Every shard is given out once. Loads are as even as the threads allow, blocks are as large as the loads allow (a block
/// is one upload), and among equals a worker gets the shards whose pixels it already has.
struct Assignment {
    /// What one worker brings.
    struct Share {
        var peer: Peer
        /// How many microbatches it computes side by side.
        var threads: Int
        /// The shards whose pixels it has, or is getting.
        var holdings: Set<Int>
    }

    /// One node and its worker.
    struct Grant: Equatable {
        var peer: Peer
        var node: Int
    }

    private let tree: ReductionTree
    private let shares: [Share]
    private var isFree: [Bool]
    private var quotas: [Int]
    private var grants: [Grant] = []

    /// Distributes `shards` over `shares`, in ascending order of shards.
    ///
    /// - Complexity: O(S log S) for each worker.
    static func distribute(_ shards: [Int], over shares: [Share], in tree: ReductionTree) -> [Grant] {
        if shares.isEmpty { return [] }
        var assignment = Assignment(shards, shares, tree)
        var size = tree.leaves
        while size > 0 {
            assignment.grantBlocks(ofSize: size)
            size /= 2
        }
        return assignment.grants.sorted {
            tree.shards(under: $0.node).lowerBound < tree.shards(under: $1.node).lowerBound
        }
    }

    private init(_ shards: [Int], _ shares: [Share], _ tree: ReductionTree) {
        self.tree = tree
        self.shares = shares
        isFree = [Bool](repeating: false, count: tree.leaves)
        for shard in shards { isFree[shard] = true }
        quotas = Self.quotas(of: shards, for: shares)
    }

    /// Shares proportional to threads, rounded down; what is left goes to the largest remainders, and among equals to
    /// those who hold most of it.
    private static func quotas(of shards: [Int], for shares: [Share]) -> [Int] {
        let threads = shares.reduce(0) { $0 + $1.threads }
        var quotas = shares.map { shards.count * $0.threads / threads }
        let held = shares.map { share in shards.count { share.holdings.contains($0) } }
        let order = shares.indices.sorted { left, right in
            let remainders = (
                shards.count * shares[left].threads % threads, shards.count * shares[right].threads % threads
            )
            return (remainders.0, held[left], right) > (remainders.1, held[right], left)
        }
        for index in order.prefix(shards.count - quotas.reduce(0, +)) { quotas[index] += 1 }
        return quotas
    }

    private mutating func grantBlocks(ofSize size: Int) {
        let first = tree.leaves / size
        for index in shares.indices {
            while quotas[index] >= size, let node = best(in: first..<(2 * first), for: index) {
                grants.append(Grant(peer: shares[index].peer, node: node))
                quotas[index] -= size
                for shard in tree.shards(under: node) { isFree[shard] = false }
            }
        }
    }

    private func best(in nodes: Range<Int>, for index: Int) -> Int? {
        nodes.lazy.filter { node in tree.shards(under: node).allSatisfy { isFree[$0] } }
            .max { preference(for: $0, by: index) < preference(for: $1, by: index) }
    }

    /// Own pixels count for, others' against; the lower node wins a draw.
    private func preference(for node: Int, by index: Int) -> (Int, Int, Int) {
        var own = 0
        var others = 0
        for shard in tree.shards(under: node) {
            for (other, share) in shares.enumerated() where share.holdings.contains(shard) {
                if other == index { own += 1 } else { others += 1 }
            }
        }
        return (own, -others, -node)
    }
}
