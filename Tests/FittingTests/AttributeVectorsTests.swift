import Testing

@testable import Fitting

@Suite struct AttributeVectorsTests {
    /// Two attributes of four vectors; what nobody knows counts nowhere.
    private static let vectors: AttributeVectors = {
        var vectors = AttributeVectors(attributes: 2, dimensions: 2)
        vectors.add([1, 2], [true, true])
        vectors.add([3, 6], [true, nil])
        vectors.add([0, 1], [false, true])
        vectors.add([1, 0], [false, true])
        return vectors
    }()

    @Test func aVectorLeadsFromTheMeanWithoutToTheMeanWith() {
        #expect(Self.vectors[0] == [1.5, 3.5])
        #expect(Self.vectors.count(of: 0) == (2, 2) && Self.vectors.count(of: 1) == (3, 0))
        #expect(Self.vectors[1] == nil)
    }

    @Test func nothingRemainsAlongOtherVectors() {
        let others: [[Double]] = [[1, 1, 0], [2, 2, 0], [0, 1, 1], [0, 0, 0]]
        let rest = AttributeVectors.orthogonalised([3, -1, 2], to: others)
        for other in others { #expect(abs(dot(rest, other)) < 1e-12) }
        // What is orthogonal to both is a multiple of (1, −1, 1), on which (3, −1, 2) falls twice.
        for (value, expected) in zip(rest, [2.0, -2, 2]) { #expect(abs(value - expected) < 1e-12) }
        #expect(AttributeVectors.orthogonalised([3, -1, 2], to: []) == [3, -1, 2])
    }
}
