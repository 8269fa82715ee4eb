import Contract
import Messaging
import Synchronization

/// The sum of one node that a worker leases: first a fold in progress, then chunks that leave.
final class NodeSum: Sendable {
    private struct State {
        var fold: TreeFold
        var chunks: PartialChunks
    }

    /// Which of the worker's memberships it belongs to.
    let membership: Int
    private let state: Mutex<State>

    init(_ fold: TreeFold, chunkBytes: Int, membership: Int) {
        state = Mutex(State(fold: fold, chunks: PartialChunks(fold.format, chunkBytes: chunkBytes)))
        self.membership = membership
    }

    /// The rest of the node, if all of its leaves but this one are in: the caller then adds the leaf to the stream.
    func stream(from leaf: Int) -> ChunkStream? {
        state.withLock { state in
            state.fold.takePath(from: leaf).map { ChunkStream($0, chunks: state.chunks) }
        }
    }

    /// Adds a leaf's whole result.
    ///
    /// - Parameter whenReady: Is told of chunks of the node's sum that are final.
    /// - Returns: Buffers that are not needed any more.
    func insert(_ partial: consuming [Float], at leaf: Int, whenReady: (Int) -> Void) -> [[Float]] {
        var partial = partial
        // In one go: of two threads with the last two leaves, the second must see the first's.
        let (rest, used): (ChunkStream?, [[Float]]) = state.withLock { state in
            if let path = state.fold.takePath(from: leaf) { return (ChunkStream(path, chunks: state.chunks), []) }
            var last: [Float] = []
            swap(&last, &partial)  // moved, not copied: the fold writes into it
            state.fold.insert(last, at: leaf)
            return (nil, state.fold.takeUsed())
        }
        guard var stream = rest else { return used }
        stream.add(0..<partial.count, partial.span) { chunk, message in
            put(chunk, message)
            whenReady(chunk)
        }
        return stream.buffers + [partial]
    }

    /// Keeps a chunk that is final.
    func put(_ chunk: Int, _ message: consuming Message) {
        let message = SharedMessage(message)
        state.withLock { $0.chunks[chunk] = message }
    }

    /// The chunk that begins at a byte of the sum.
    func message(at offset: Int) -> Message {
        let message = state.withLock { $0.chunks[$0.chunks.index(at: offset)] }
        guard let message else { preconditionFailure("the chunk at byte \(offset) is sent before it is final") }
        return message.copy()
    }
}

/// Turns ranges of the last leaf's result, as they become final, into chunks of the node's sum. One thread uses it.
struct ChunkStream {
    private let path: FoldPath
    private let chunks: PartialChunks
    /// How many elements of each chunk are still to come.
    private var missing: [Int]
    private var scratch: [Float] = []

    init(_ path: FoldPath, chunks: PartialChunks) {
        self.path = path
        self.chunks = chunks
        missing = chunks.indices.map { chunks.piece($0).elements.count }
    }

    /// The buffers of the rest of the node, for when all is done.
    var buffers: [[Float]] { path.buffers }

    /// Takes a range of `last`, the last leaf's result, for final.
    ///
    /// - Parameter whenDone: Is handed the chunks of which nothing is missing any more.
    mutating func add(_ range: Range<Int>, _ last: Span<Float>, whenDone: (Int, consuming Message) -> Void) {
        for chunk in chunks.indices where missing[chunk] > 0 {
            missing[chunk] -= chunks.piece(chunk).elements.clamped(to: range).count
            guard missing[chunk] == 0 else { continue }
            whenDone(
                chunk,
                chunks.message(chunk, scratch: &scratch) { start, elements in
                    path.add(last, from: start, into: &elements)
                })
        }
    }
}
