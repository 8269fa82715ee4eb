import Parallel
import Testing

@Suite struct ParallelTests {
    @Test func piecesCoverARange() {
        #expect(Parallel.pieces(of: 5..<5).isEmpty)
        let pieces = Parallel.pieces(of: 3..<200_000)
        #expect(pieces.first?.lowerBound == 3 && pieces.last?.upperBound == 200_000)
        #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }

    @Test func everyPieceIsLentOnce() {
        var values = [Float](repeating: 0, count: 1_000)
        let pieces = stride(from: 10, to: 990, by: 7).map { $0..<min(990, $0 + 7) }
        Parallel.forEach(pieces, of: &values) { index, elements in
            for element in elements.indices { elements[element] += Float(index + 1) }
        }
        #expect(values.indices.allSatisfy { values[$0] == (10..<990 ~= $0 ? Float(($0 - 10) / 7 + 1) : 0) })
    }

    @Test func threeArraysAreCutAlike() {
        var arrays = [[Float]](repeating: [1, 2, 3, 4], count: 3)
        var (first, second, third) = (arrays[0], arrays[1], arrays[2])
        Parallel.forEach([0..<1, 2..<4], of: &first, &second, &third) { index, one, two, three in
            for element in one.indices {
                one[element] = Float(index)
                two[element] *= 10
                three[element] += two[element]
            }
        }
        arrays = [first, second, third]
        #expect(arrays == [[0, 2, 1, 1], [10, 2, 30, 40], [11, 2, 33, 44]])
    }
}
