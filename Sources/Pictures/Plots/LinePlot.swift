/// A plot of one or more lines, such as a loss over the steps of a training.
public struct LinePlot: Sendable {
    /// One line: points in the order in which they are joined. A point that is not finite (or not positive, on a
    /// logarithmic axis) leaves a gap.
    public struct Series: Sendable {
        public var name: String
        public var points: [Point]

        public init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    public var title: String
    public var xTitle: String
    public var yTitle: String
    /// Whether equal distances upwards mean equal ratios. Values must then be positive to be seen.
    public var hasLogarithmicY: Bool
    public var series: [Series]

    public init(
        title: String, xTitle: String, yTitle: String, hasLogarithmicY: Bool = false, series: [Series]
    ) {
        self.title = title
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.hasLogarithmicY = hasLogarithmicY
        self.series = series
    }

    /// Draws the plot. Text is ASCII; its size does not depend on the picture's.
    public func image(width: Int = 960, height: Int = 600) -> Image {
        precondition(width >= 240 && height >= 160, "a plot needs 240x160 pixels at least, not \(width)x\(height)")
        var canvas = Canvas(width: width, height: height, background: PlotStyle.background)
        let layout = PlotLayout(self, width: width, height: height)
        layout.drawGrid(on: &canvas)
        layout.drawTitles(on: &canvas)
        layout.drawLegend(on: &canvas)
        for (index, series) in series.enumerated() {
            let lines = layout.lines(series.points)
            let color = PlotStyle.color(ofSeries: index)
            canvas.stroke(lines, thickness: PlotStyle.lineThickness, color: color)
            if series.points.count <= PlotStyle.mostDots {
                canvas.stroke(lines.joined().map { [$0] }, thickness: PlotStyle.dotThickness, color: color)
            }
        }
        return canvas.image
    }
}
