import Testing

@testable import Pictures

@Suite("Line plots")
struct LinePlotTests {
    private func plot(_ points: [(Double, Double)], logarithmic: Bool = false) -> LinePlot {
        let series = LinePlot.Series(name: "train", points: points.map { Point(x: $0.0, y: $0.1) })
        return LinePlot(
            title: "Loss", xTitle: "step", yTitle: "nats", hasLogarithmicY: logarithmic, series: [series])
    }

    /// How many pixels are nearer to the first series' colour than to anything else drawn.
    private func bluePixels(_ image: Image) -> [(x: Int, y: Int)] {
        (0..<image.height).flatMap { y in (0..<image.width).map { (x: $0, y: y) } }
            .filter { Int(image[$0.x, $0.y, 2]) - Int(image[$0.x, $0.y, 0]) > 140 }
    }

    @Test func aFallingLineFallsAcrossThePicture() throws {
        let blue = bluePixels(plot([(0, 10), (100, 1)]).image(width: 480, height: 300)).filter { $0.y > 70 }
        let first = try #require(blue.min { $0.x < $1.x })
        let last = try #require(blue.max { $0.x < $1.x })
        #expect(last.x - first.x > 350 && last.y - first.y > 120)
    }

    @Test(
        "Nothing to draw, one point, equal values and not-a-number are drawn without harm",
        arguments: [
            [], [(1, 1)], [(0, 5), (1, 5)], [(0, .nan), (1, 2), (2, .infinity), (3, 1)], [(0, 1e300), (1, -1e300)],
            [(0, 1e30)],
        ])
    func oddData(_ points: [(Double, Double)]) {
        #expect(plot(points).image(width: 320, height: 200).width == 320)
        #expect(plot(points, logarithmic: true).image(width: 320, height: 200).width == 320)
    }

    @Test func ticksAreRoundAndWithinTheAxis() {
        #expect(Axis(values: [0, 1000]).ticks(about: 5) == [0, 200, 400, 600, 800, 1000])
        #expect(Axis(values: [-0.3, 0.31]).ticks(about: 4) == [-0.2, 0, 0.2])
        #expect(Axis(values: [0.5, 2e4], isLogarithmic: true).ticks(about: 5) == [1, 10, 100, 1000, 10000])
    }

    @Test func ticksBetweenWholeNumbersAreWhole() {
        #expect(Axis(values: [1, 2, 3]).ticks(about: 7) == [1, 2, 3])
        #expect(Axis(values: [1]).ticks(about: 7) == [1])
        #expect(Axis(values: [1, 2.5]).ticks(about: 3) == [1, 1.5, 2, 2.5])
    }

    @Test func labelsHaveTheDecimalsTheyNeed() {
        let linear = Axis(values: [0, 1])
        #expect(linear.labels([0, 0.05, 0.1]) == ["0.00", "0.05", "0.10"])
        #expect(linear.labels([0, 200, 400]) == ["0", "200", "400"])
        #expect(Axis(values: [0.1, 100], isLogarithmic: true).labels([0.1, 1, 10]) == ["0.1", "1", "10"])
    }

    @Test func logarithmicAxesGiveEqualRatiosEqualDistances() {
        let axis = Axis(values: [1, 10000], isLogarithmic: true)
        #expect(abs(axis.position(100) - 0.5) < 1e-12)
    }

    @Test func aLineOnAPixelRowCoversThatRowOnly() {
        var canvas = Canvas(width: 10, height: 5, background: Color(0xFFFFFF))
        canvas.stroke([[Point(x: 2, y: 2.5), Point(x: 8, y: 2.5)]], thickness: 1, color: Color(0x000000))
        let image = canvas.image
        #expect(image[5, 2, 0] == 0 && image[5, 1, 0] == 255 && image[5, 3, 0] == 255)
    }

    @Test func everyPrintableCharacterHasAGlyph() {
        for code in UInt8(33)...126 {
            #expect(!StrokeFont.shared.glyph(Character(UnicodeScalar(code))).strokes.isEmpty, "\(code)")
        }
    }
}
