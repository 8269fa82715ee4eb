import Contract
import Hashing
import Messaging

/// The floats behind the coordinator's decisions: partials on their way, and the sums of nodes.
struct SumStore {
    private var partials: [UInt64: [Float]] = [:]
    private var sums: [Int: [Float]] = [:]

    /// Puts a chunk at its place in the lease's partial of `total` bytes.
    mutating func place(_ payload: borrowing Message, lease: UInt64, offset: Int, total: Int) {
        if partials[lease] == nil { partials[lease] = [Float](repeating: 0, count: total / 4) }
        payload.copyFloats(into: &partials[lease, default: []], at: offset / 4)
    }

    /// The lease's partial becomes the sum of `node`.
    mutating func commit(lease: UInt64, node: Int) {
        sums[node] = partials.removeValue(forKey: lease)
    }

    mutating func drop(lease: UInt64) {
        partials[lease] = nil
    }

    mutating func discard(node: Int) {
        sums[node] = nil
    }

    /// The children's sums become their parent's.
    mutating func join(node: Int) {
        guard var left = sums.removeValue(forKey: 2 * node), let right = sums.removeValue(forKey: 2 * node + 1) else {
            preconditionFailure("node \(node) is folded before both of its children are here")
        }
        fold(right, into: &left)
        sums[node] = left
    }

    /// Takes the root's sum out.
    mutating func takeResult() -> [Float] {
        guard let sum = sums.removeValue(forKey: ReductionTree.root) else {
            preconditionFailure("the root is taken before it is complete")
        }
        sums = [:]
        return sum
    }

    func digest(node: Int) -> [UInt8] {
        Self.digest(sums[node])
    }

    mutating func takeDigest(lease: UInt64) -> [UInt8] {
        Self.digest(partials.removeValue(forKey: lease))
    }

    private static func digest(_ floats: [Float]?) -> [UInt8] {
        var hash = SHA256()
        hash.update(floats ?? [])
        return hash.finalize().bytes
    }
}
