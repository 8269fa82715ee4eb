import Contract
import Hashing
import Messaging

/// The floats behind the coordinator's decisions: partials on their way, and the sums of nodes.
struct SumStore {
    private var partials: [UInt64: [Float]] = [:]
    private var sums: [Int: [Float]] = [:]
    /// Buffers that nobody needs any more; the next partials come into them.
    private var spare: [[Float]] = []

    /// Puts a chunk at its place in the lease's partial of `total` bytes.
    mutating func place(_ payload: borrowing Message, lease: UInt64, offset: Int, total: Int) {
        if partials[lease] == nil { partials[lease] = buffer(of: total / 4) }
        payload.copyFloats(into: &partials[lease, default: []], at: offset / 4)
    }

    /// The lease's partial becomes the sum of `node`.
    mutating func commit(lease: UInt64, node: Int) {
        sums[node] = partials.removeValue(forKey: lease)
    }

    mutating func drop(lease: UInt64) {
        if let partial = partials.removeValue(forKey: lease) { recycle(partial) }
    }

    mutating func discard(node: Int) {
        if let sum = sums.removeValue(forKey: node) { recycle(sum) }
    }

    /// The children's sums become their parent's.
    mutating func join(node: Int) {
        guard var left = sums.removeValue(forKey: 2 * node), let right = sums.removeValue(forKey: 2 * node + 1) else {
            preconditionFailure("node \(node) is folded before both of its children are here")
        }
        fold(right, into: &left)
        sums[node] = left
        recycle(right)
    }

    /// Takes the root's sum out; `recycle` gives its buffer back.
    mutating func takeResult() -> [Float] {
        guard let sum = sums.removeValue(forKey: ReductionTree.root) else {
            preconditionFailure("the root is taken before it is complete")
        }
        sums = [:]
        return sum
    }

    /// Keeps a buffer for a later partial. A few are enough: so many partials wait for their siblings at a time.
    mutating func recycle(_ buffer: consuming [Float]) {
        if spare.count < 8 { spare.append(buffer) }
    }

    private mutating func buffer(of count: Int) -> [Float] {
        guard let index = spare.lastIndex(where: { $0.count == count }) else {
            return [Float](repeating: 0, count: count)
        }
        return spare.remove(at: index)
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
