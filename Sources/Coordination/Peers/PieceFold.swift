import Contract

/// Which pieces of a round's sums a holder has, chunk by chunk, and what it does with one more.
///
/// It does not know whose duty a chunk is, nor who computes which nodes: whatever comes is added as far as it can be. So a node that is computed
/// again by another worker, or in parts, needs no word to anybody.
struct PieceFold: Sendable {
    /// What to do, in this order.
    enum Step: Equatable {
        /// Keep the piece that came.
        case keep(SumPiece)
        /// Forget one that is part of it.
        case discard(SumPiece)
        /// Add the pieces of this one's two children.
        case add(SumPiece)
        /// The root's piece is complete.
        case finish(SumPiece)
    }

    let round: Round
    let duties: UInt64
    private let tree: ReductionTree
    private var chunks: [Int: Chunk] = [:]

    private struct Chunk {
        let bytes: Int
        var nodes: CommittedNodes
    }
    /// What all pieces here hold, in bytes.
    private(set) var bytes = 0

    init(of piece: SumPiece, in tree: ReductionTree) {
        round = piece.round
        duties = piece.duties
        self.tree = tree
    }

    /// Whether a piece belongs to a later round, or to later duties of the same: then everything here is nobody's any more.
    func isOutdated(by piece: SumPiece) -> Bool {
        (round.step, duties) < (piece.round.step, piece.duties)
    }

    /// The piece that a piece is part of by now, if it is here.
    func whole(of piece: SumPiece) -> SumPiece? {
        guard piece.round == round, piece.duties == duties else { return nil }
        let nodes = chunks[piece.offset]?.nodes.nodes ?? []
        return sequence(first: piece.node) { $0 > 1 ? $0 / 2 : nil }.first(where: nodes.contains).map(piece.of)
    }

    /// All pieces that are here and no part of others, by chunk and node.
    var pieces: [SumPiece] {
        chunks.sorted { $0.key < $1.key }.flatMap { offset, chunk in
            chunk.nodes.nodes.sorted().map { node in
                SumPiece(round: round, duties: duties, node: node, offset: offset, bytes: chunk.bytes)
            }
        }
    }

    /// Takes a piece in, unless its sum is here already or it is of another time.
    mutating func take(_ piece: SumPiece) -> [Step] {
        guard piece.round == round, piece.duties == duties else { return [] }
        var nodes = chunks[piece.offset]?.nodes ?? CommittedNodes(tree)
        guard !nodes.contains(piece.node) else { return [] }
        let parts = nodes.insert(piece.node)
        var steps = parts.map { Step.discard(piece.of($0)) } + [.keep(piece)]
        bytes += piece.bytes * (1 - parts.count)
        var node = piece.node
        while let parent = nodes.join(node) {
            steps.append(.add(piece.of(parent)))
            bytes -= piece.bytes
            node = parent
        }
        if nodes.isComplete { steps.append(.finish(piece.of(ReductionTree.root))) }
        chunks[piece.offset] = Chunk(bytes: piece.bytes, nodes: nodes)
        return steps
    }

    /// The root's piece, or a group's, has left.
    mutating func release(_ piece: SumPiece) { bytes -= piece.bytes }
}
