import Testing

@testable import Pictures

@Suite("Points, bars and panels")
struct PlotTests {
    /// Where a picture has a colour of a group, with little else mixed in.
    private func places(_ image: Image, group: Int) -> [(x: Int, y: Int)] {
        let color = PlotStyle.color(ofSeries: group)
        let wanted = [color.red, color.green, color.blue].map { Int(($0 * 255).rounded()) }
        return (0..<image.height).flatMap { y in (0..<image.width).map { (x: $0, y: y) } }.filter { place in
            (0..<3).allSatisfy { abs(Int(image[place.x, place.y, $0]) - wanted[$0]) < 3 }
        }
    }

    @Test func pointsHaveTheColoursOfTheirGroups() throws {
        let plot = ScatterPlot(
            title: "codes", xTitle: "x", yTitle: "y",
            groups: [
                LinePlot.Series(name: "a", points: [Point(x: 0, y: 0)]),
                LinePlot.Series(name: "b", points: [Point(x: 1, y: 1), Point(x: .nan, y: 1)]),
            ])
        let image = plot.image(width: 400, height: 400)
        let low = try #require(places(image, group: 0).filter { $0.y > 70 }.first)
        let high = try #require(places(image, group: 1).filter { $0.y > 70 }.first)
        #expect(high.x - low.x > 200 && low.y - high.y > 200)
    }

    @Test func barsAreAsHighAsTheirNumbers() {
        let plot = BarPlot(
            title: "divergence", xTitle: "latents", yTitle: "nats", groups: ["active", "not"],
            bars: [(height: 4, group: 0), (height: 1, group: 1)])
        let image = plot.image(width: 480, height: 400)
        let rows = (0..<2).map { group in Set(places(image, group: group).filter { $0.y > 70 }.map(\.y)).count }
        #expect(abs(Double(rows[0]) / Double(rows[1]) - 4) < 0.2)
    }

    @Test func aHistogramIsStacked() {
        let panel = Panel(title: "z0", range: -4...4, content: .values([[0.05, 0.05, 0.05], [0.05, 100]]))
        let image = Panel.image([panel, panel], columns: 2, groups: ["a", "b"])
        #expect(image.width == 2 * 154 + 4 && image.height == 24 + 154 + 4)
        // In the first panel: the second group lies above the first, and what is out of range is nowhere.
        let below = places(image, group: 0).filter { $0.x < 154 && $0.y > 48 }
        let above = places(image, group: 1).filter { $0.x < 154 && $0.y > 48 }
        #expect(!below.isEmpty && !above.isEmpty)
        #expect(above.map(\.y).max()! <= below.map(\.y).min()!)
        #expect(Set(above.map(\.x)).isSubset(of: Set(below.map(\.x))))
    }
}
