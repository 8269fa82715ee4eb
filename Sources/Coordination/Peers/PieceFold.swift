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
    private var chunks: [Int: CommittedNodes] = [:]

    init(of piece: SumPiece, in tree: ReductionTree) {
        round = piece.round
        duties = piece.duties
        self.tree = tree
    }

    /// Whether a piece belongs to a later round, or to later duties of the same: then everything here is nobody's any more.
    func isOutdated(by piece: SumPiece) -> Bool {
        (round.step, duties) < (piece.round.step, piece.duties)
    }

    /// Takes a piece in, unless its sum is here already or it is of another time.
    mutating func take(_ piece: SumPiece) -> [Step] {
        guard piece.round == round, piece.duties == duties else { return [] }
        var nodes = chunks[piece.offset] ?? CommittedNodes(tree)
        guard !nodes.contains(piece.node) else { return [] }
        var steps = nodes.insert(piece.node).map { Step.discard(piece.of($0)) } + [.keep(piece)]
        var node = piece.node
        while let parent = nodes.join(node) {
            steps.append(.add(piece.of(parent)))
            node = parent
        }
        if nodes.isComplete { steps.append(.finish(piece.of(ReductionTree.root))) }
        chunks[piece.offset] = nodes
        return steps
    }
}
