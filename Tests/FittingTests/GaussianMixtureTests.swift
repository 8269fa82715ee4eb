import Glibc
import Randomness
import Testing

@testable import Fitting

@Suite struct GaussianMixtureTests {
    /// The clouds of scripts/reference/mixture.py.
    private static let codes: [Float] = (0..<480).flatMap { index -> [Float] in
        let (a, b) = (sin(12.9898 * Double(index)), sin(78.233 * Double(index) + 1))
        let center = [(0.0, 0.0), (3, 1), (-1, 4)][max(0, index % 4 - 1)]
        let scale = [(1.0, 0.5), (0.4, 1.2), (1.5, 0.7)][max(0, index % 4 - 1)]
        return [Float(center.0 + scale.0 * a + 0.3 * scale.1 * b), Float(center.1 + scale.1 * b)]
    }

    /// scikit-learn 1.x on the same codes: scripts/reference/mixture.py.
    @Test func whatIsFittedIsWhatScikitLearnFits() throws {
        var densities: [Double] = []
        let mixture = try GaussianMixture.fit(Self.codes, dimensions: 2, components: 3, seed: 1) {
            densities.append($1)
        }
        #expect(abs(densities.last! + 2.664_373_428) < 1e-3)
        let order = (0..<3).sorted { mixture.means[$0][0] < mixture.means[$1][0] }
        let expected = [
            (0.250_000, [-0.983_324, 4.006_301]), (0.501_463, [0.011_432, 0.001_048]),
            (0.248_537, [3.005_436, 0.999_599]),
        ]
        for (component, (weight, mean)) in zip(order, expected) {
            #expect(abs(mixture.weights[component] - weight) < 1e-3)
            #expect(zip(mixture.means[component], mean).allSatisfy { abs($0 - $1) < 1e-2 })
        }
        #expect(densities == densities.sorted())
    }

    /// The moments of many draws are those of the codes, which two components cannot fit well but whose moments every fit has.
    @Test func drawsHaveTheCodesMoments() throws {
        let mixture = try GaussianMixture.fit(Self.codes, dimensions: 2, components: 2, seed: 3)
        let draws = (0..<20_000).flatMap {
            mixture.draw(RandomStream(seed: 7, operator: RandomStream.synthesis, example: UInt32($0)))
        }
        func moments(_ rows: [Float]) -> [Double] {
            let count = Double(rows.count / 2)
            let pairs = (0..<rows.count / 2).map { (Double(rows[2 * $0]), Double(rows[2 * $0 + 1])) }
            let mean = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 / count, $0.1 + $1.1 / count) }
            let products = pairs.reduce([0.0, 0, 0]) { sum, pair in
                let (x, y) = (pair.0 - mean.0, pair.1 - mean.1)
                return [sum[0] + x * x / count, sum[1] + x * y / count, sum[2] + y * y / count]
            }
            return [mean.0, mean.1] + products
        }
        for (drawn, expected) in zip(moments(draws), moments(Self.codes)) {
            #expect(abs(drawn - expected) < 0.15, "\(drawn) \(expected)")
        }
    }

    @Test func theFirstCentresAreOfDifferentClouds() {
        let far = (0..<90).flatMap { index -> [Float] in [10 * Float(index % 3), Float(index / 3) / 30] }
        let rows = Rows(far, dimensions: 2)
        for seed in UInt64(0)..<20 {
            let clusters = Clusters(of: rows, count: 3, seed: seed)
            #expect(Set(clusters.assignment.prefix(3)).count == 3)
        }
    }

    /// The density of each component integrates to one, and its factor times its transpose is the covariance.
    @Test func aCovarianceHasItsDensity() throws {
        let covariance = try #require(Covariance([2, 0.6, 0.6, 0.5], dimensions: 2))
        var whitened: [SIMD8<Double>] = [.zero]
        var sum = 0.0
        for x in stride(from: -12, through: 12, by: 0.05) {
            for y in stride(from: -6, through: 6, by: 0.05) { sum += exp(covariance.logDensity([x, y], &whitened)) }
        }
        #expect(abs(sum * 0.0025 - 1) < 1e-6)
        #expect(Covariance([1, 2, 2, 1], dimensions: 2) == nil)
    }

    @Test func whatCannotBeFittedIsRefused() {
        #expect(throws: MixtureError.tooFewCodes(2, components: 2)) {
            try GaussianMixture.fit([1, 2], dimensions: 1, components: 2, seed: 1)
        }
        #expect(throws: MixtureError.notFinite) {
            try GaussianMixture.fit([1, 2, .nan], dimensions: 1, components: 2, seed: 1)
        }
    }

    /// Fewer codes than dimensions, and so large that a small number beside them is lost.
    @Test func largeCodesAreFitted() throws {
        let codes = (0..<40 * 64).map { Float(sin(Double($0) * 12.9898)) * 1e6 }
        let mixture = try GaussianMixture.fit(codes, dimensions: 64, components: 2, seed: 1)
        #expect(mixture.draw(RandomStream(seed: 1, operator: 1)).allSatisfy { $0.isFinite })
    }

    /// More components than different codes: the least variance keeps every component a distribution.
    @Test func equalCodesAreFitted() throws {
        let mixture = try GaussianMixture.fit([1, 1, 1, 2, 2], dimensions: 1, components: 3, seed: 1)
        #expect(abs(mixture.weights.reduce(0, +) - 1) < 1e-12)
        #expect(mixture.draw(RandomStream(seed: 1, operator: 1)).allSatisfy { $0.isFinite })
    }
}
