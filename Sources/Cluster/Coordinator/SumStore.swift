import Contract
import Coordination
import Hashing
import Messaging
import Parallel

/// The floats behind the coordinator's decisions: partials on their way, and the sums of nodes.
///
/// Chunks are kept as they arrived and folded from there, so a partial is copied nowhere.
struct SumStore {
    private enum Sum: Sendable {
        case arrived(PartialChunks)
        case folded([Float], PartialFormat)
        /// The root's children.
        case pair(PartialChunks, PartialChunks)

        var format: PartialFormat {
            switch self {
            case .arrived(let chunks), .pair(let chunks, _): chunks.grid.format
            case .folded(_, let format): format
            }
        }

        var chunks: PartialChunks? { if case .arrived(let chunks) = self { chunks } else { nil } }
    }

    private let training: ChunkGrid
    private let evaluation: ChunkGrid
    /// The memory of workers of this machine.
    var memories: [Peer: SharedMemory] = [:]
    private var partials: [UInt64: PartialChunks] = [:]
    private var sums: [Int: Sum] = [:]
    /// Buffers that nobody needs any more; the next sums come into them.
    private var spare: [[Float]] = []

    init(training: PartialFormat, evaluation: PartialFormat, chunkBytes: Int) {
        self.training = ChunkGrid(format: training, chunkBytes: chunkBytes)
        self.evaluation = ChunkGrid(format: evaluation, chunkBytes: chunkBytes)
    }

    /// Keeps a chunk of the lease's partial of `total` bytes.
    mutating func place(_ payload: borrowing Message, lease: UInt64, offset: Int, total: Int) {
        let grid = grid(total)
        partials[lease, default: PartialChunks(grid)][grid.index(at: offset)] =
            .message(SharedMessage(payload.shared()))
    }

    /// Keeps where chunks of the lease's partial lie.
    mutating func place(_ memory: SharedMemory, _ slot: MemorySlot, lease: UInt64, range: Range<Int>, total: Int) {
        let grid = grid(total)
        partials[lease, default: PartialChunks(grid)].place(memory, slot, range)
    }

    private func grid(_ total: Int) -> ChunkGrid { total == training.format.bytes ? training : evaluation }

    /// The lease's partial becomes the sum of `node`.
    mutating func commit(lease: UInt64, node: Int) {
        sums[node] = partials.removeValue(forKey: lease).map(Sum.arrived)
    }

    mutating func drop(lease: UInt64) {
        partials[lease] = nil
    }

    mutating func discard(node: Int) {
        if case .folded(let sum, _) = sums.removeValue(forKey: node) { recycle(sum) }
    }

    /// The children's sums become their parent's; two partials that make the root are added when it is taken.
    mutating func join(node: Int) throws(OverwrittenError) {
        guard let left = sums.removeValue(forKey: 2 * node), let right = sums.removeValue(forKey: 2 * node + 1) else {
            preconditionFailure("node \(node) is folded before both of its children are here")
        }
        if node == ReductionTree.root, case (.arrived(let first), .arrived(let second)) = (left, right),
            left.format.halves == 0
        {
            sums[node] = .pair(first, second)
            return
        }
        let (format, arrived) = (left.format, [left.chunks, right.chunks])
        // Consumed, so that a sum folded here is added to in place.
        sums[node] = .folded(sum(consume left, consume right), format)
        try Self.require(arrived, node)
    }

    /// No worker may write over a sum before the round is over; one that does it all the same must not change the run.
    private static func require(_ arrived: [PartialChunks?], _ node: Int) throws(OverwrittenError) {
        for case .some(let chunks) in arrived where !chunks.isIntact { throw OverwrittenError(node: node) }
    }

    /// Chunks are folded side by side.
    private mutating func sum(_ left: consuming Sum, _ right: consuming Sum) -> [Float] {
        let format = left.format
        let grid = grid(format.bytes)
        var (sum, arrived) = take(left)
        let (chunks, other) = (arrived, right)
        Parallel.forEach(grid.indices.map { grid.piece($0).elements }, of: &sum) { chunk, elements in
            switch (chunks, other) {
            case (let left?, .arrived(let right)): left.add(chunk, of: right, into: &elements)
            case (nil, .arrived(let right)): right.add(chunk, to: &elements)
            case (_, .pair): preconditionFailure("the root is nobody's child")
            case (let left, .folded(let floats, _)):
                let range = grid.piece(chunk).elements
                left?.read(chunk, into: &elements)
                fold(floats.span.extracting(range), into: &elements)
                format.round(&elements, from: range.lowerBound)
            }
        }
        if case .folded(let floats, _) = right { recycle(floats) }
        return sum
    }

    /// The floats of a sum, or a buffer for them and the chunks to be read into it.
    private mutating func take(_ sum: consuming Sum) -> ([Float], PartialChunks?) {
        switch consume sum {
        case .arrived(let chunks): (buffer(of: chunks.grid.format.count), chunks)
        case .folded(let floats, _): (floats, nil)
        case .pair: preconditionFailure("the root is nobody's child")
        }
    }

    private mutating func floats(_ sum: consuming Sum) -> [Float] {
        var (floats, chunks) = take(sum)
        guard let arrived = chunks.take() else { return floats }
        Parallel.forEach(arrived.grid.indices.map { arrived.grid.piece($0).elements }, of: &floats) {
            arrived.read($0, into: &$1)
        }
        return floats
    }

    /// Takes the root's sum out; `recycle` gives its buffer back.
    mutating func takeResult() throws(OverwrittenError) -> RootSum {
        guard let sum = sums.removeValue(forKey: ReductionTree.root) else {
            preconditionFailure("the root is taken before it is complete")
        }
        sums = [:]
        if case .pair(let left, let right) = sum { return root(of: left, right) }
        let arrived = sum.chunks
        let result = floats(consume sum)
        try Self.require([arrived], ReductionTree.root)
        return RootSum(result)
    }

    /// Keeps a buffer for a later sum. A few are enough: so many sums wait for their siblings at a time.
    mutating func recycle(_ buffer: consuming [Float]) {
        if spare.count < 8 { spare.append(buffer) }
    }

    private mutating func buffer(of count: Int) -> [Float] {
        guard let index = spare.lastIndex(where: { $0.count == count }) else {
            return [Float](repeating: 0, count: count)
        }
        return spare.remove(at: index)
    }

    /// The SHA-256 of a node's sum, of the bits that are used afterwards.
    mutating func digest(node: Int) throws(OverwrittenError) -> [UInt8] {
        if case .pair(let left, let right) = sums[node] {
            sums[node] = .folded(try root(of: left, right).completed(), left.grid.format)
        }
        return sums[node].map { digest($0) } ?? []
    }

    private mutating func root(of left: PartialChunks, _ right: PartialChunks) -> RootSum {
        RootSum(of: left, right, into: buffer(of: left.grid.format.count))
    }

    /// Nil where the sum was written over before it was read: its round is over for its worker.
    mutating func takeDigest(lease: UInt64) -> [UInt8]? {
        guard let chunks = partials.removeValue(forKey: lease) else { return [] }
        let digest = digest(.arrived(chunks))
        return chunks.isIntact ? digest : nil
    }

    /// The SHA-256 of a sum's floats, whatever they travelled as.
    private mutating func digest(_ sum: Sum) -> [UInt8] {
        var hash = SHA256()
        hash.update(floats(sum))
        return hash.finalize().bytes
    }
}

/// A worker changed a sum that it had announced, while the coordinator was reading it.
struct OverwrittenError: Error, CustomStringConvertible {
    let node: Int

    var description: String {
        "the memory in which a worker had announced its sum for node \(node) was written over before it was read: this worker "
            + "does not keep to the protocol; the newest checkpoint is good, resume the run without it"
    }
}
