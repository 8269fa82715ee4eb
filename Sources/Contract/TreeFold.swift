/// The fold in progress: takes sums of nodes in any order and adds siblings as soon as both are there.
///
/// A worker folds the leaves under a node that it leases, the coordinator what the workers send, and a run in one process
/// everything; the bits at a node are the same in all three.
public struct TreeFold: Sendable {
    public let tree: ReductionTree
    /// The node whose sum is wanted.
    public let target: Int
    /// Which elements are rounded at every node.
    public let format: PartialFormat
    private var waiting: [Int: [Float]] = [:]
    private var used: [[Float]] = []

    public init(_ tree: ReductionTree, target: Int = ReductionTree.root, format: PartialFormat) {
        precondition(tree.nodes.contains(target), "a tree of \(tree.leaves) leaves has no node \(target)")
        self.tree = tree
        self.target = target
        self.format = format
    }

    /// Takes the sum of a node at or below the target.
    ///
    /// Each shard may come in once only.
    public mutating func insert(_ sum: consuming [Float], at node: Int) {
        precondition(tree.contains(target, node), "node \(node) is not below node \(target)")
        var node = node
        var sum = sum
        round(&sum)
        while node != target, var other = waiting.removeValue(forKey: node ^ 1) {
            if node & 1 == 0 {
                fold(other, into: &sum)
                used.append(other)
            } else {
                fold(sum, into: &other)
                used.append(sum)
                sum = other
            }
            round(&sum)
            node /= 2
        }
        precondition(waiting.updateValue(sum, forKey: node) == nil, "node \(node) came in twice")
    }

    private func round(_ sum: inout [Float]) {
        guard format.halves > 0 else { return }
        var values = sum.mutableSpan
        format.round(&values, from: 0)
    }

    /// The sum of the target once everything below it is there.
    public var result: [Float]? { waiting[target] }

    /// Hands the finished sum out, after which the fold is empty.
    public mutating func takeResult() -> [Float]? { waiting.removeValue(forKey: target) }

    /// Hands out the buffers whose sums were added to others.
    public mutating func takeUsed() -> [[Float]] {
        defer { used = [] }
        return used
    }

    /// The fewest nodes that are still to come.
    public var missing: [Int] {
        let present = waiting.keys.map { tree.shards(under: $0) }
        return tree.cover(tree.shards(under: target).filter { shard in !present.contains { $0.contains(shard) } })
    }

    /// The way from `node` up to the target, if nothing else is missing; the fold is then empty.
    public mutating func takePath(from node: Int) -> FoldPath? {
        let path = sequence(first: node) { $0 / 2 }.prefix { $0 != target }
        guard waiting.count == path.count, path.allSatisfy({ waiting[$0 ^ 1] != nil }) else { return nil }
        let steps = path.map { FoldPath.Step(sibling: waiting[$0 ^ 1] ?? [], isLeft: $0 & 1 == 1) }
        waiting = [:]
        return FoldPath(steps: steps, format: format)
    }
}

/// What the last node's sum still meets on its way to the target's: so the target can be computed piece by piece, while
/// the last node is.
public struct FoldPath: Sendable {
    struct Step {
        let sibling: [Float]
        /// Whether the sibling is the left operand.
        let isLeft: Bool
    }

    let steps: [Step]
    public let format: PartialFormat

    /// Computes a piece of the target's sum: `result` takes as many elements of the last node's sum, `last`, as it has.
    ///
    /// - Parameter start: Which element of the sum the first one of `result` is.
    public func add(_ last: Span<Float>, from start: Int, into result: inout MutableSpan<Float>) {
        let count = result.count
        precondition(start + count <= last.count, "elements \(start)..<\(start + count) of \(last.count)")
        for index in 0..<count { result[index] = last[start + index] }
        format.round(&result, from: start)
        for step in steps {
            let sibling = step.sibling.span.extracting(start..<(start + count))
            if step.isLeft {
                fold(left: sibling, into: &result)
            } else {
                fold(sibling, into: &result)
            }
            format.round(&result, from: start)
        }
    }

    /// The buffers of the siblings.
    public var buffers: [[Float]] { steps.map(\.sibling) }
}
