import Foundation

/// A small plot that stands beside others like it: points, or a histogram stacked by groups.
public struct Panel: Sendable {
    /// What is drawn.
    public enum Content: Sendable {
        /// The points of each group.
        case points([[Point]])
        /// The values of each group, counted between the ends of the axis and stacked; the line is the density of N(0, 1).
        case values([[Double]])
    }

    public var title: String
    /// The values at the left and right end, and for points at the lower and upper end.
    public var range: ClosedRange<Double>
    public var content: Content

    public init(title: String, range: ClosedRange<Double>, content: Content) {
        self.title = title
        self.range = range
        self.content = content
    }

    private static let side = 150
    private static let top = 20.0
    private static let bins = 40

    /// Draws panels in rows under a line that names the groups.
    public static func image(_ panels: [Panel], columns: Int, groups: [String]) -> Image {
        let grid = Grid.image(panels.map(\.image), columns: columns, padding: 4)
        let legend = legend(groups, width: grid.width)
        var picture = Image(width: grid.width, height: legend.height + grid.height, color: [255, 255, 255])
        picture.paste(legend, x: 0, y: 0)
        picture.paste(grid, x: 0, y: legend.height)
        return picture
    }

    /// The names in lines, each as long as has room.
    private static func legend(_ groups: [String], width: Int) -> Image {
        var places: [Point] = []
        var next = Point(x: 10, y: 12)
        for name in groups {
            let length = 8 + PlotStyle.label.width(of: name) + 18
            if next.x > 10, next.x + length > Double(width) { next = Point(x: 10, y: next.y + 22) }
            places.append(next)
            next.x += length
        }
        var canvas = Canvas(
            width: width, height: groups.isEmpty ? 1 : Int(next.y) + 12, background: PlotStyle.background)
        for (index, place) in places.enumerated() {
            canvas.stroke([[place]], thickness: 8, color: PlotStyle.color(ofSeries: index))
            canvas.draw(groups[index], at: Point(x: place.x + 8, y: place.y + 5), PlotStyle.label)
        }
        return canvas.image
    }

    private var image: Image {
        var canvas = Canvas(width: Self.side, height: Self.side, background: PlotStyle.background)
        switch content {
        case .points(let groups): draw(groups, on: &canvas)
        case .values(let groups): draw(groups, on: &canvas)
        }
        let (low, high) = (Self.top, Double(Self.side) - 0.5)
        let frame = [(0.5, low), (high, low), (high, high), (0.5, high), (0.5, low)].map { Point(x: $0.0, y: $0.1) }
        canvas.stroke([frame], thickness: 1, color: PlotStyle.axisColor)
        canvas.draw(title, at: Point(x: 2, y: 14), PlotStyle.label)
        return canvas.image
    }

    private func share(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    private var drawnHeight: Double { Double(Self.side) - Self.top }

    private func draw(_ groups: [[Point]], on canvas: inout Canvas) {
        for (index, points) in groups.enumerated() {
            let dots = points.filter { range.contains($0.x) && range.contains($0.y) }.map {
                [Point(x: share($0.x) * Double(Self.side), y: Double(Self.side) - share($0.y) * drawnHeight)]
            }
            canvas.stroke(dots, thickness: 2, color: PlotStyle.color(ofSeries: index))
        }
    }

    private func draw(_ groups: [[Double]], on canvas: inout Canvas) {
        let all = groups.reduce(0) { $0 + $1.count }
        guard all > 0 else { return }
        let binWidth = (range.upperBound - range.lowerBound) / Double(Self.bins)
        let unit = 1 / (Double(all) * binWidth)
        let counts = groups.map(counts)
        let normal = 1 / (2 * Double.pi).squareRoot()
        let highest = (0..<Self.bins).map { bin in counts.reduce(0) { $0 + Double($1[bin]) } * unit }.max() ?? 0
        let scale = 0.95 * drawnHeight / max(highest, normal)
        let step = Double(Self.side) / Double(Self.bins)
        for bin in 0..<Self.bins {
            var floor = Double(Self.side)
            for (index, group) in counts.enumerated() {
                let height = Double(group[bin]) * unit * scale
                let (left, right) = (Double(bin) * step, Double(bin + 1) * step)
                canvas.fill(
                    from: Point(x: left, y: floor - height), to: Point(x: right, y: floor),
                    color: PlotStyle.color(ofSeries: index))
                floor -= height
            }
        }
        let curve = (0...Self.side).map { x -> Point in
            let value = range.lowerBound + Double(x) / Double(Self.side) * (range.upperBound - range.lowerBound)
            return Point(x: Double(x), y: Double(Self.side) - normal * exp(-value * value / 2) * scale)
        }
        canvas.stroke([curve], thickness: 1.5, color: PlotStyle.title.color)
    }

    private func counts(_ values: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: Self.bins)
        for value in values {
            let bin = (share(value) * Double(Self.bins)).rounded(.down)
            if bin >= 0, bin < Double(Self.bins) { counts[Int(bin)] += 1 }
        }
        return counts
    }
}
