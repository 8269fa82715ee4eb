/// The complete binary tree over the shards in which every sum of a step is taken.
///
/// Nodes have heap numbers: the root is 1, the children of i are 2i and 2i + 1, the leaf of shard s is S + s. The sum at a
/// node is that of its left child plus that of its right child, element by element, whoever computes it.
public struct ReductionTree: Hashable, Sendable {
    /// S, the number of leaves.
    public let leaves: Int

    public static let root = 1

    public init(leaves: Int) {
        precondition(leaves > 0 && leaves & (leaves - 1) == 0, "a tree has a power of two of leaves, not \(leaves)")
        self.leaves = leaves
    }

    /// Every node, the root first and the leaves last.
    public var nodes: Range<Int> { 1..<2 * leaves }

    public func isLeaf(_ node: Int) -> Bool { node >= leaves }

    public func leaf(ofShard shard: Int) -> Int { leaves + shard }

    /// The shard of a leaf.
    public func shard(ofLeaf node: Int) -> Int {
        precondition(isLeaf(node) && nodes.contains(node), "node \(node) is no leaf of a tree of \(leaves)")
        return node - leaves
    }

    /// The two nodes whose sums make up a node's, or nil for a leaf.
    public func children(of node: Int) -> (left: Int, right: Int)? {
        isLeaf(node) ? nil : (2 * node, 2 * node + 1)
    }

    /// The node that a node's sum goes into, or nil for the root.
    public func parent(of node: Int) -> Int? { node == Self.root ? nil : node / 2 }

    /// The other child of the same parent, or nil for the root.
    public func sibling(of node: Int) -> Int? { node == Self.root ? nil : node ^ 1 }

    /// The shards whose sum a node is: always neighbours.
    public func shards(under node: Int) -> Range<Int> {
        let levelsBelow = leaves.trailingZeroBitCount - Self.depth(of: node)
        let first = node << levelsBelow - leaves
        return first..<first + 1 << levelsBelow
    }

    /// Whether `descendant` is `node` or lies below it.
    public func contains(_ node: Int, _ descendant: Int) -> Bool {
        let difference = Self.depth(of: descendant) - Self.depth(of: node)
        return difference >= 0 && descendant >> difference == node
    }

    /// The fewest nodes that hold exactly the given shards, in the order of their shards.
    public func cover(_ shards: some Sequence<Int>) -> [Int] {
        var covered = [Bool](repeating: false, count: 2 * leaves)
        for shard in shards { covered[leaf(ofShard: shard)] = true }
        for node in stride(from: leaves - 1, to: 0, by: -1) {
            covered[node] = covered[2 * node] && covered[2 * node + 1]
        }
        let maximal = nodes.filter { covered[$0] && !(parent(of: $0).map { covered[$0] } ?? false) }
        return maximal.sorted { self.shards(under: $0).lowerBound < self.shards(under: $1).lowerBound }
    }

    /// How many steps below the root a node is.
    private static func depth(of node: Int) -> Int {
        precondition(node > 0, "nodes are numbered from 1, not \(node)")
        return Int.bitWidth - 1 - node.leadingZeroBitCount
    }
}
