import Contract
import Messaging
import Synchronization

/// The sum of one node that a worker leases: first a fold in progress, then chunks that the coordinator gets.
final class NodeSum: Sendable {
    /// Which of the worker's memberships it belongs to.
    let membership: Int
    let chunks: SumChunks
    private let fold: Mutex<TreeFold>
    /// The way from the last leaf up, while that is computed.
    private let path = Mutex<FoldPath?>(nil)

    init(_ fold: TreeFold, chunks: SumChunks, membership: Int) {
        self.fold = Mutex(fold)
        self.chunks = chunks
        self.membership = membership
    }

    /// The rest of the node, if all of its leaves but this one are in: the caller then adds the leaf to the stream, and calls
    /// `finish`, or begins again.
    func stream(from leaf: Int) -> ChunkStream? {
        path.withLock { path in
            path = path ?? fold.withLock { $0.takePath(from: leaf) }
            return path.map { ChunkStream($0, into: chunks) }
        }
    }

    /// Ends the last leaf.
    func finish() {
        path.withLock { $0 = nil }
    }

    /// Adds a leaf's whole result.
    ///
    /// - Parameter whenFinal: Is told of chunks of the node's sum that are final.
    /// - Returns: Buffers that are not needed any more.
    func insert(_ partial: consuming [Float], at leaf: Int, whenFinal: (Int) -> Void) -> [[Float]] {
        var partial = partial
        // In one go: of two threads with the last two leaves, the second must see the first's.
        let (rest, used): (ChunkStream?, [[Float]]) = fold.withLock { fold in
            if let path = fold.takePath(from: leaf) { return (ChunkStream(path, into: chunks), []) }
            var last: [Float] = []
            swap(&last, &partial)  // moved, not copied: the fold writes into it
            fold.insert(last, at: leaf)
            return (nil, fold.takeUsed())
        }
        guard var stream = rest else { return used }
        stream.add(0..<partial.count, partial.span, whenFinal: whenFinal)
        return stream.buffers + [partial]
    }
}

/// Turns ranges of the last leaf's result, as they become final, into chunks of the node's sum. One thread uses it.
struct ChunkStream {
    private let path: FoldPath
    private let chunks: SumChunks
    /// How many elements of each chunk are still to come.
    private var missing: [Int]
    private var scratch: [Float] = []

    init(_ path: FoldPath, into chunks: SumChunks) {
        self.path = path
        self.chunks = chunks
        missing = chunks.grid.indices.map { chunks.grid.piece($0).elements.count }
    }

    /// Whether the leaf's result is the node's sum and can be computed where that is read.
    var isInPlace: Bool { path.buffers.isEmpty && chunks.takesResultsInPlace }

    /// The buffers of the rest of the node, for when all is done.
    var buffers: [[Float]] { path.buffers }

    /// Takes a range of `last`, the last leaf's result, for final.
    ///
    /// - Parameter whenFinal: Is told of the chunks of which nothing is missing any more.
    mutating func add(_ range: Range<Int>, _ last: Span<Float>, whenFinal: (Int) -> Void) {
        for chunk in chunks.grid.indices where missing[chunk] > 0 {
            missing[chunk] -= chunks.grid.piece(chunk).elements.clamped(to: range).count
            guard missing[chunk] == 0 else { continue }
            if !isInPlace {
                chunks.write(chunk, scratch: &scratch) { start, elements in path.add(last, from: start, into: &elements)
                }
            }
            whenFinal(chunk)
        }
    }

    /// Computes the last leaf's result, where it is in place.
    func withElements<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        try chunks.withElements(body)
    }
}
