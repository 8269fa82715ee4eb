import Contract
import Coordination
import Messaging

/// The numbers behind a worker's duties: pieces of sums that it adds, as they travel.
struct PieceStore {
    private struct Key: Hashable {
        var node: Int
        var offset: Int

        init(_ piece: SumPiece, node: Int? = nil) {
            self.node = node ?? piece.node
            offset = piece.offset
        }
    }

    private let grid: ChunkGrid
    private var pieces: [Key: SharedMessage] = [:]
    private var scratch: [Float] = []
    /// Two partials of which the chunk that is added is there, and nothing else.
    private var left: PartialChunks
    private var right: PartialChunks

    init(_ grid: ChunkGrid) {
        self.grid = grid
        left = PartialChunks(grid)
        right = PartialChunks(grid)
    }

    mutating func keep(_ piece: SumPiece, _ message: consuming Message) {
        pieces[Key(piece)] = SharedMessage(message)
    }

    mutating func discard(_ piece: SumPiece) { pieces[Key(piece)] = nil }

    mutating func removeAll() { pieces = [:] }

    /// The sum of both children's pieces, left + right, takes their place. Nothing where one is not here: no message of another worker may end this
    /// process.
    mutating func add(_ piece: SumPiece) {
        guard let first = pieces.removeValue(forKey: Key(piece, node: 2 * piece.node)),
            let second = pieces.removeValue(forKey: Key(piece, node: 2 * piece.node + 1))
        else { return }
        let chunk = grid.index(at: piece.offset)
        let numbers = grid.piece(chunk)
        (left[chunk], right[chunk]) = (.message(first), .message(second))
        let sum = Message(halves: numbers.halves.count, floats: numbers.floats.count) { halves, floats in
            grid.encode(chunk, &halves, &floats, scratch: &scratch) { _, elements in
                left.add(chunk, of: right, into: &elements)
            }
        }
        (left[chunk], right[chunk]) = (nil, nil)
        pieces[Key(piece)] = SharedMessage(sum)
    }

    /// A piece that is complete, to be sent once.
    mutating func take(_ piece: SumPiece) -> Message? { pieces.removeValue(forKey: Key(piece))?.copy() }
}
