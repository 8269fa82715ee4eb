import Contract

/// Which worker computes which nodes.
///
/// Every shard is given out once. Loads are as even as the workers' speeds ask for, in blocks as large as make the round short (a block
/// is one upload), and among equals a worker gets the shards of its group, and of these the ones whose pixels it already has: pixels travel once,
/// sums every round.
struct Assignment {
    /// What one worker brings.
    struct Share {
        var peer: Peer
        /// How many leaves it computes in a second, or a number in proportion to it.
        var speed: Double
        /// How long the sum of one node takes to come from it, in the same unit of time.
        var upload = 0.0
        /// The shards whose pixels it has, or is getting.
        var holdings: Set<Int>
        /// The shards whose sums its group adds; none where there are no groups.
        var home = 0..<0
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
        let held = shares.map { share in shards.count { share.holdings.contains($0) } }
        // A whole round's shards can be cut into blocks of one size.
        let grain = shards.count == tree.leaves ? Self.shortest(of: shards.count, for: shares).grain : 1
        quotas = Self.quotas(of: shards.count / grain, for: shares, holding: held).map { $0 * grain }
    }

    /// How many shards a block has at least, so that the round ends soonest, the fewest among equals; and how long it then lasts, in the
    /// unit of the speeds.
    static func shortest(of count: Int, for shares: [Share]) -> (grain: Int, length: Double) {
        let grains = sequence(first: 1) { 2 * $0 <= count ? 2 * $0 : nil }
        let lengths = grains.map { (grain: $0, length: length(of: count, for: shares, grain: $0)) }
        return lengths.min { $0.length < $1.length } ?? (1, 0)
    }

    private static func length(of count: Int, for shares: [Share], grain: Int) -> Double {
        let quotas = quotas(of: count / grain, for: shares).map { $0 * grain }
        // A number of shards is at least as many blocks as it has powers of two.
        return length(quotas.map { (shards: $0, nodes: $0.nonzeroBitCount) }, shares)
    }

    /// Shares proportional to speeds, rounded down; what is left goes, one by one, to those who are done with it first, among
    /// equals to the group that has least, and then to those who hold most of what is given out.
    static func quotas(of count: Int, for shares: [Share], holding held: [Int]? = nil) -> [Int] {
        let total = shares.reduce(0) { $0 + $1.speed }
        var quotas = shares.map { Int(Double(count) * $0.speed / total) }
        var loads: [Range<Int>: Int] = [:]
        for (share, quota) in zip(shares, quotas) { loads[share.home, default: 0] += quota }
        for _ in 0..<max(0, count - quotas.reduce(0, +)) {
            let next = shares.indices.min { left, right in
                let ends = (
                    Double(quotas[left] + 1) / shares[left].speed, Double(quotas[right] + 1) / shares[right].speed
                )
                let groups = (loads[shares[left].home] ?? 0, loads[shares[right].home] ?? 0)
                return (ends.0, groups.0, held?[right] ?? 0, left) < (ends.1, groups.1, held?[left] ?? 0, right)
            }
            guard let next else { break }
            quotas[next] += 1
            loads[shares[next].home, default: 0] += 1
        }
        return quotas
    }

    /// When the last worker's sums are here, for so many shards and nodes each, in the unit of the speeds.
    static func length(_ counts: [(shards: Int, nodes: Int)], _ shares: [Share]) -> Double {
        zip(counts, shares).reduce(0) { longest, worker in
            let (count, share) = worker
            return max(longest, Double(count.shards) / share.speed + Double(count.nodes) * share.upload)
        }
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

    /// The group counts first, then own pixels count for, others' against; the lower node wins a draw.
    private func preference(for node: Int, by index: Int) -> (Int, Int, Int, Int) {
        let shards = tree.shards(under: node)
        let home = shares[index].home
        let isHome = home.lowerBound <= shards.lowerBound && shards.upperBound <= home.upperBound
        var own = 0
        var others = 0
        for shard in shards {
            for (other, share) in shares.enumerated() where share.holdings.contains(shard) {
                if other == index { own += 1 } else { others += 1 }
            }
        }
        return (isHome ? 1 : 0, own, -others, -node)
    }
}
