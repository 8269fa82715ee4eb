import Contract
import Testing

@testable import Coordination

@Suite struct PieceFoldTests {
    private let tree = ReductionTree(leaves: 4)

    private func piece(_ node: Int, step: Int = 3, duties: UInt64 = 1, offset: Int = 0) -> SumPiece {
        SumPiece(round: Round(step: step, kind: .training), duties: duties, node: node, offset: offset, bytes: 16)
    }

    @Test func piecesAreAddedAlongTheTreeInWhateverOrderTheyCome() {
        var fold = PieceFold(of: piece(7), in: tree)
        #expect(fold.take(piece(7)) == [.keep(piece(7))])
        #expect(fold.take(piece(4)) == [.keep(piece(4))])
        #expect(fold.take(piece(6)) == [.keep(piece(6)), .add(piece(3))])
        #expect(fold.take(piece(5)) == [.keep(piece(5)), .add(piece(2)), .add(piece(1)), .finish(piece(1))])
    }

    @Test func chunksDoNotMeet() {
        var fold = PieceFold(of: piece(2), in: tree)
        _ = fold.take(piece(2))
        #expect(fold.take(piece(3, offset: 16)) == [.keep(piece(3, offset: 16))])
    }

    @Test func theFirstSumOfANodeCountsAndALargerOneReplacesItsParts() {
        var fold = PieceFold(of: piece(4), in: tree)
        _ = fold.take(piece(4))
        #expect(fold.take(piece(4)).isEmpty)
        #expect(fold.take(piece(2)) == [.discard(piece(4)), .keep(piece(2))])
        #expect(fold.take(piece(5)).isEmpty)
    }

    @Test func itKnowsWhatItsPiecesHold() {
        var fold = PieceFold(of: piece(4), in: tree)
        for (node, bytes) in [(4, 16), (4, 16), (6, 32), (5, 32), (3, 16)] {
            _ = fold.take(piece(node))
            #expect(fold.bytes == bytes, "after node \(node)")
        }
        _ = fold.take(piece(4, offset: 16))
        _ = fold.take(piece(6, offset: 16))
        #expect(fold.bytes == 48)
        // The whole sum stands for both parts.
        _ = fold.take(piece(1, offset: 16))
        #expect(fold.bytes == 32)
        fold.release(piece(1))
        #expect(fold.bytes == 16)
    }

    @Test func piecesOfAnotherTimeCountForNothing() {
        var fold = PieceFold(of: piece(2), in: tree)
        #expect(fold.take(piece(3, step: 2)).isEmpty && fold.take(piece(3, duties: 2)).isEmpty)
        #expect(fold.isOutdated(by: piece(3, step: 4)) && fold.isOutdated(by: piece(3, duties: 2)))
        #expect(!fold.isOutdated(by: piece(3, step: 2, duties: 9)) && !fold.isOutdated(by: piece(2)))
    }
}
