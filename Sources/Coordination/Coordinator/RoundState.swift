import Contract

/// One round's tree: what is committed, who computes the rest.
struct RoundState: Sendable {
    /// What the sums of its leases rest on.
    enum Basis: Sendable {
        /// On parameters that the coordinator sent.
        case coordinator
        /// On parameters that workers passed on: where two sums differ, whoever computed one may not be to blame, so none are compared.
        case workers
        /// On parameters that the coordinator sent again, after some were passed on: whoever gets a lease computes it anew.
        case coordinatorAgain
    }

    /// Why a shard has no worker any more.
    struct Orphan: Sendable {
        var from: String
        var reason: String
    }

    let round: Round
    let tree: ReductionTree
    var committed: CommittedNodes
    /// How the sum of the root comes, where others than the coordinator add it.
    var scatter: ScatteredSum?
    /// Its second computation as a whole, where audits chose it.
    var recomputation: Recomputation?
    var basis = Basis.coordinator
    /// Those who added sums or passed on parameters under any of its duties.
    var holders: Set<String> = []
    var leases: [UInt64: LeaseRecord] = [:]
    /// Hashes of committed sums that a second result may meet.
    var digests: [Int: [UInt8]] = [:]
    /// Whose work the sums of nodes are, for nodes whose digest was asked for.
    var authors: [Int: Set<String>] = [:]
    /// Nodes that two workers have to compute and whose sums are not compared yet.
    var unaudited: Set<Int> = []
    /// Whether the sum of the root was handed over.
    var isFinished = false
    /// Shards that lost their worker and have no other yet.
    var orphans: [Int: Orphan] = [:]
    /// How many complete partials came.
    var partials = 0
    /// The same, where they went to the workers that add them, who may be done before their senders say so.
    var deliveredPartials: Int {
        scatter == nil ? partials : leases.values.count { $0.state == .live || $0.state == .delivered }
    }

    /// How many leases were given in place of others.
    var moves = 0

    init(_ round: Round, tree: ReductionTree) {
        self.round = round
        self.tree = tree
        committed = CommittedNodes(tree)
    }

    var isComplete: Bool { committed.isComplete }

    /// The number of the round's duties.
    var duties: UInt64 { scatter?.duties.number ?? Duties.star }

    /// Whether the sum of `node` is here, by itself or within a larger one.
    func isCommitted(_ node: Int) -> Bool { committed.contains(node) }

    /// Whether another lease than `lease` was given for exactly this node, or has to be.
    func isContested(_ node: Int, besides lease: UInt64?) -> Bool {
        basis != .workers && isLeasedTwice(node, besides: lease)
    }

    private func isLeasedTwice(_ node: Int, besides lease: UInt64?) -> Bool {
        unaudited.contains(node) || leases.values.contains { $0.node == node && $0.identifier != lease }
    }

    /// Whether a result that can be compared may still come.
    var awaitsComparison: Bool {
        leases.values.contains { ($0.state == .live || $0.state == .moved) && digests[$0.node] != nil }
    }

    /// Those who delivered what the sum of a committed node is made of.
    func authors(under node: Int) -> Set<String> {
        Set(leases.values.filter { $0.state == .complete && $0.isUsed && tree.contains(node, $0.node) }.map(\.name))
    }

    /// The shards that are neither committed nor leased to somebody who is expected to deliver, or has delivered, ascending.
    var uncovered: [Int] {
        var isCovered = [Bool](repeating: false, count: tree.leaves)
        for node in committed.nodes { cover(node, in: &isCovered) }
        for lease in leases.values where lease.state == .live || lease.state == .delivered {
            cover(lease.node, in: &isCovered)
        }
        return isCovered.indices.filter { !isCovered[$0] }
    }

    private func cover(_ node: Int, in isCovered: inout [Bool]) {
        for shard in tree.shards(under: node) { isCovered[shard] = true }
    }

    /// Takes a lease's sum in, and answers the nodes below whose own sums it makes superfluous.
    mutating func commit(_ lease: LeaseRecord) -> [Int] {
        let node = lease.node
        for (identifier, other) in leases where tree.contains(node, other.node) {
            leases[identifier]?.isUsed = identifier == lease.identifier
        }
        unaudited = unaudited.filter { $0 == node || !tree.contains(node, $0) }
        return committed.insert(node)
    }

    /// Joins `node` with its sibling if that is here too, and answers their parent.
    mutating func join(_ node: Int) -> Int? { committed.join(node) }

    /// Takes the sum of the root in, which came in pieces.
    mutating func commitRoot() { _ = committed.insert(ReductionTree.root) }

    /// How many leases were given before for any part of `node`.
    func attempts(at node: Int) -> Int {
        leases.values.count { tree.contains($0.node, node) || tree.contains(node, $0.node) }
    }
}
