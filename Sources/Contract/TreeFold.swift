/// The fold in progress: takes sums of nodes in any order and adds siblings as soon as both are there.
///
/// A worker folds the leaves under a node that it leases, the coordinator what the workers send, and a run in one process
/// everything; the bits at a node are the same in all three.
public struct TreeFold: Sendable {
    public let tree: ReductionTree
    /// The node whose sum is wanted.
    public let target: Int
    private var waiting: [Int: [Float]] = [:]

    public init(_ tree: ReductionTree, target: Int = ReductionTree.root) {
        precondition(tree.nodes.contains(target), "a tree of \(tree.leaves) leaves has no node \(target)")
        self.tree = tree
        self.target = target
    }

    /// Takes the sum of a node at or below the target.
    ///
    /// Each shard may come in once only.
    public mutating func insert(_ sum: consuming [Float], at node: Int) {
        precondition(tree.contains(target, node), "node \(node) is not below node \(target)")
        var node = node
        var sum = sum
        while node != target, var other = waiting.removeValue(forKey: node ^ 1) {
            if node & 1 == 0 {
                fold(other, into: &sum)
            } else {
                fold(sum, into: &other)
                sum = other
            }
            node /= 2
        }
        precondition(waiting.updateValue(sum, forKey: node) == nil, "node \(node) came in twice")
    }

    /// The sum of the target once everything below it is there.
    public var result: [Float]? { waiting[target] }

    /// Hands the finished sum out, after which the fold is empty.
    public mutating func takeResult() -> [Float]? { waiting.removeValue(forKey: target) }

    /// The fewest nodes that are still to come.
    public var missing: [Int] {
        let present = waiting.keys.map { tree.shards(under: $0) }
        return tree.cover(tree.shards(under: target).filter { shard in !present.contains { $0.contains(shard) } })
    }
}
