import Testing

@testable import Training

/// Against SciPy: what `scripts/reference/evaluation.py` printed.
@Suite struct StructuralSimilarityTests {
    private let similarity: StructuralSimilarity
    private let x: [Float] = (0..<442).map { index in Float(Double(index * 37 % 101) / 100) }
    private let noise: [Float] = (0..<442).map { index in Float(Double((index * 53 + 7) % 97) / 96) }

    init() throws { similarity = try #require(StructuralSimilarity(channels: 2, height: 13, width: 17)) }

    @Test func aMixtureOfImagesIsAsAlikeAsSciPySays() {
        let mixture: [Float] = zip(x, noise).map { x, noise in
            let sum: Double = 0.75 * Double(x) + 0.25 * Double(noise)
            return Float(sum)
        }
        #expect(abs(similarity.value(x[...], mixture[...]) - 0.9130733639559581) < 1e-12)
        #expect(abs(similarity.value(x[...], noise[...]) + 0.0997791786779624) < 1e-12)
    }

    @Test func equalImagesAreAlike() {
        #expect(abs(similarity.value(x[...], x[...]) - 1) < 1e-12)
    }

    @Test func imagesSmallerThanAWindowHaveNone() {
        #expect(StructuralSimilarity(channels: 1, height: 10, width: 11) == nil)
        #expect(StructuralSimilarity(channels: 1, height: 11, width: 11) != nil)
    }
}
