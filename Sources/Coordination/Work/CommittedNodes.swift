import Contract

/// The nodes of a reduction tree whose sums are here, without those below them.
///
/// The first sum of a node counts, whoever computed it and in however many parts: every way to the root adds the same pairs.
struct CommittedNodes: Sendable, Equatable {
    let tree: ReductionTree
    private(set) var nodes: Set<Int> = []

    init(_ tree: ReductionTree) { self.tree = tree }

    static func == (left: CommittedNodes, right: CommittedNodes) -> Bool { left.nodes == right.nodes }

    var isComplete: Bool { nodes.contains(ReductionTree.root) }

    /// Whether the sum of `node` is here, by itself or within a larger one.
    func contains(_ node: Int) -> Bool {
        sequence(first: node) { $0 > 1 ? $0 / 2 : nil }.contains { nodes.contains($0) }
    }

    /// Takes the sum of `node` in, and answers the nodes below whose own sums it makes superfluous.
    mutating func insert(_ node: Int) -> [Int] {
        let superfluous = nodes.filter { tree.contains(node, $0) }.sorted()
        nodes.subtract(superfluous)
        nodes.insert(node)
        return superfluous
    }

    /// Joins `node` with its sibling if that is here too, and answers their parent.
    mutating func join(_ node: Int) -> Int? {
        guard let sibling = tree.sibling(of: node), nodes.contains(sibling) else { return nil }
        nodes.subtract([node, sibling])
        nodes.insert(node / 2)
        return node / 2
    }
}
