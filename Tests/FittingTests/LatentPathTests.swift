import Fitting
import Testing

@Suite struct LatentPathTests {
    private static let (a, b): ([Float], [Float]) = ([3, 0, 0], [0, 3, 0])

    @Test(arguments: LatentPath.allCases) func aPathBeginsAndEndsAtTheCodes(_ path: LatentPath) {
        #expect(path.point(from: Self.a[...], to: Self.b[...], at: 0) == Self.a)
        for (value, end) in zip(path.point(from: Self.a[...], to: Self.b[...], at: 1), Self.b) {
            #expect(abs(value - end) < 1e-6)
        }
    }

    /// The middle of a chord is nearer to 0 than its ends; that of an arc is as far.
    @Test func anArcKeepsItsDistance() {
        #expect(LatentPath.linear.point(from: Self.a[...], to: Self.b[...], at: 0.5) == [1.5, 1.5, 0])
        let middle = LatentPath.spherical.point(from: Self.a[...], to: Self.b[...], at: 0.5)
        for (value, expected) in zip(middle, [Float(4.5).squareRoot(), Float(4.5).squareRoot(), 0]) {
            #expect(abs(value - expected) < 1e-6)
        }
        #expect(LatentPath.spherical.point(from: [1, 0], to: [2, 0], at: 0.5) == [1.5, 0])
        #expect(LatentPath.spherical.point(from: [0, 0], to: [2, 0], at: 0.5) == [1, 0])
        #expect(LatentPath.spherical.point(from: [1, 0], to: [-1, 0], at: 0.25) == [0.5, 0])
    }
}
