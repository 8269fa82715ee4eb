import Contract
import Coordination
import Messaging
import Synchronization

/// The sums of the nodes that a worker leases, as its threads finish leaves.
final class NodeSums: Sendable {
    private struct Key: Hashable {
        var round: Round
        var node: Int
    }

    private let tree: ReductionTree
    private let training: ChunkGrid
    private let evaluation: ChunkGrid
    private let sums = Mutex<[Key: NodeSum]>([:])
    /// Buffers for leaves' results that nobody needs any more.
    private let spare = Mutex<[[Float]]>([])

    init(_ tree: ReductionTree, training: PartialFormat, evaluation: PartialFormat, chunkBytes: Int) {
        self.tree = tree
        self.training = ChunkGrid(format: training, chunkBytes: chunkBytes)
        self.evaluation = ChunkGrid(format: evaluation, chunkBytes: chunkBytes)
    }

    /// Makes room for the sum of a leaf's node. Leaves whose node was forgotten meanwhile find none.
    ///
    /// - Parameter memory: Where the leaf's slot is, if it has one.
    func expect(_ leaf: Leaf, in memory: OwnMemory? = nil) {
        let key = Key(round: leaf.round, node: leaf.node)
        let grid = leaf.round.kind == .training ? training : evaluation
        sums.withLock { sums in
            guard sums[key] == nil else { return }
            let place = memory.flatMap { memory in leaf.slot.map { (memory, $0) } }
            sums[key] = NodeSum(
                TreeFold(tree, target: leaf.node, format: grid.format), chunks: SumChunks(grid, in: place),
                membership: leaf.membership)
        }
    }

    /// Where a leaf's result goes; nil where nobody wants it: its node was forgotten, or the worker joined anew since.
    ///
    /// - Parameter whenFinal: Is told of chunks of the node's sum that are final.
    func result(of leaf: Leaf, whenFinal: @escaping (Int) -> Void) -> LeafResult? {
        sum(of: leaf).map {
            LeafResult($0, node: tree.leaf(ofShard: leaf.shard), takeBuffer: takeBuffer, whenFinal: whenFinal)
        }
    }

    /// A leaf is done.
    ///
    /// - Parameter counts: If not, the leaf is as if it had not been computed, and may be once more.
    func finish(_ result: LeafResult, counts: Bool) {
        recycle(counts ? result.finish() : [result.takeBuffer()])
    }

    private func sum(of leaf: Leaf) -> NodeSum? {
        let sum = sums.withLock { $0[Key(round: leaf.round, node: leaf.node)] }
        return sum?.membership == leaf.membership ? sum : nil
    }

    /// A chunk of a node's sum that is final.
    func message(_ round: Round, _ node: Int, at offset: Int) -> Message {
        guard let sum = sums.withLock({ $0[Key(round: round, node: node)] }) else {
            preconditionFailure("node \(node) is sent after it was forgotten")
        }
        return sum.chunks.message(at: offset)
    }

    func forget(_ round: Round, node: Int) {
        sums.withLock { $0[Key(round: round, node: node)] = nil }
    }

    // MARK: - Buffers

    private func takeBuffer(_ count: Int) -> [Float] {
        let buffer = spare.withLock { spare in
            spare.lastIndex { $0.count == count }.map { spare.remove(at: $0) }
        }
        return buffer ?? [Float](repeating: 0, count: count)
    }

    /// Keeps a few: a thread needs one, and so does each level of the tree.
    private func recycle(_ buffers: [[Float]]) {
        spare.withLock { spare in
            spare += buffers.filter { !$0.isEmpty }.prefix(max(0, 16 - spare.count))
        }
    }
}
