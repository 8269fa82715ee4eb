import Glibc
import Testing

@testable import Fitting

@Suite struct PrincipalComponentsTests {
    /// The vectors of scripts/reference/principal_components.py.
    private static func vectors(_ count: Int, _ width: Int) -> [Float] {
        (0..<count).flatMap { n in
            (0..<width).map { i -> Float in
                let phase = 12.9898 * Double(n) + 78.233 * Double(i * (n % 7))
                return Float(sin(phase) / (1 + 0.1 * Double(i)))
            }
        }
    }

    /// NumPy's `eigh` of the covariance: scripts/reference/principal_components.py. The second has more dimensions than are followed.
    @Test(arguments: [
        (
            200, 5, 1.831_582_256_928, [0.595_883_454_408, 0.410_444_701_471, 0.345_877_663_847],
            [[0.841_234_178, 0.149_718_217], [0.033_555_581, 0.726_322_119], [-0.327_622_094, 0.640_490_429]]
        ),
        (
            400, 100, 4.755_405_186_796, [0.777_153_843_517, 0.629_228_141_950, 0.531_314_172_188],
            [[0.699_677_080, 0.262_565_376], [-0.339_832_807, 0.471_430_149], [-0.071_795_208, 0.540_281_198]]
        ),
    ])
    func theyAreNumPys(count: Int, width: Int, total: Double, variances: [Double], beginnings: [[Double]]) {
        let components = PrincipalComponents(Self.vectors(count, width), dimensions: width, count: 3)
        #expect(abs(components.totalVariance - total) < 1e-6)
        for (found, expected) in zip(components.variances, variances) { #expect(abs(found - expected) < 1e-6) }
        for (direction, beginning) in zip(components.directions, beginnings) {
            #expect(zip(direction, beginning).allSatisfy { abs($0 - $1) < 1e-5 }, "\(direction.prefix(2)) \(beginning)")
        }
    }

    /// Fewer vectors than dimensions are multiplied as they are; the same ones three times over make a matrix, the same one.
    @Test func fewVectorsOfManyDimensionsHaveTheDirectionsOfTheirMatrix() {
        let few = Self.vectors(30, 70)
        let own = PrincipalComponents(few, dimensions: 70, count: 3)
        let matrix = PrincipalComponents(few + few + few, dimensions: 70, count: 3)
        #expect(abs(own.totalVariance - matrix.totalVariance) < 1e-12)
        for index in 0..<3 {
            #expect(abs(own.variances[index] - matrix.variances[index]) < 1e-12)
            #expect(zip(own.directions[index], matrix.directions[index]).allSatisfy { abs($0 - $1) < 1e-7 })
        }
    }

    @Test func coordinatesHaveTheVariancesAndNoCorrelation() {
        let vectors = Self.vectors(300, 6)
        let components = PrincipalComponents(vectors, dimensions: 6, count: 6)
        let rows = components.coordinates(vectors)
        for a in 0..<6 {
            for b in 0...a {
                let covariance = rows.reduce(0) { $0 + $1[a] * $1[b] } / 300
                #expect(abs(covariance - (a == b ? components.variances[a] : 0)) < 1e-9)
            }
        }
        #expect(abs(components.variances.reduce(0, +) - components.totalVariance) < 1e-9)
    }

    @Test func vectorsThatDoNotVaryHaveDirectionsAllTheSame() {
        let components = PrincipalComponents([1, 2, 3, 1, 2, 3], dimensions: 3, count: 2)
        #expect(components.variances == [0, 0] && components.mean == [1, 2, 3])
        for direction in components.directions {
            #expect(abs(direction.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
        }
    }
}
