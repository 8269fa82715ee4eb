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

    /// One node's sum, which has a lock of its own: folds take milliseconds.
    private final class Sum: Sendable {
        let fold: Mutex<TreeFold>
        let bytes = Mutex<SharedBytes?>(nil)
        let membership: Int

        init(_ fold: TreeFold, membership: Int) {
            self.fold = Mutex(fold)
            self.membership = membership
        }
    }

    private let tree: ReductionTree
    private let sums = Mutex<[Key: Sum]>([:])

    init(_ tree: ReductionTree) {
        self.tree = tree
    }

    /// Makes room for the sum of a leaf's node. Leaves whose node was forgotten meanwhile find none.
    func expect(_ leaf: Leaf) {
        let key = Key(round: leaf.round, node: leaf.node)
        sums.withLock { sums in
            if sums[key] == nil {
                sums[key] = Sum(TreeFold(tree, target: leaf.node), membership: leaf.membership)
            }
        }
    }

    /// Adds a leaf's result, unless it was started before the worker joined anew.
    func insert(_ partial: [Float], of leaf: Leaf) {
        let key = Key(round: leaf.round, node: leaf.node)
        guard let sum = sums.withLock({ $0[key] }), sum.membership == leaf.membership else { return }
        sum.fold.withLock { $0.insert(partial, at: tree.leaf(ofShard: leaf.shard)) }
    }

    /// A piece of the complete sum of a node.
    func message(_ chunk: WorkerMessage.PartialChunk) -> Message {
        guard let sum = sums.withLock({ $0[Key(round: chunk.round, node: chunk.node)] }) else {
            preconditionFailure("node \(chunk.node) is sent after it was forgotten")
        }
        let bytes = sum.bytes.withLock { bytes in
            if let bytes { return bytes }
            guard let result = sum.fold.withLock({ $0.takeResult() }) else {
                preconditionFailure("node \(chunk.node) is sent before it is complete")
            }
            let shared = SharedBytes(floats: result)
            bytes = shared
            return shared
        }
        return Message(sharing: bytes, chunk.offset..<(chunk.offset + chunk.bytes))
    }

    func forget(_ round: Round, node: Int) {
        sums.withLock { $0[Key(round: round, node: node)] = nil }
    }
}
