/// A plot of points in groups, each with its colour.
public struct ScatterPlot: Sendable {
    public var title: String
    public var xTitle: String
    public var yTitle: String
    /// The points of each group; those that are not finite are left out.
    public var groups: [LinePlot.Series]

    public init(title: String, xTitle: String, yTitle: String, groups: [LinePlot.Series]) {
        self.title = title
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.groups = groups
    }

    /// Draws the plot. Text is ASCII; its size does not depend on the picture's.
    public func image(width: Int = 800, height: Int = 720) -> Image {
        var canvas = Canvas(width: width, height: height, background: PlotStyle.background)
        let frame = LinePlot(title: title, xTitle: xTitle, yTitle: yTitle, series: groups)
        let layout = PlotLayout(frame, width: width, height: height, xPadding: 0.04)
        layout.drawGrid(on: &canvas)
        layout.drawTitles(on: &canvas)
        layout.drawLegend(on: &canvas)
        for (index, group) in groups.enumerated() {
            let dots = layout.lines(group.points).joined().map { [$0] }
            canvas.stroke(dots, thickness: PlotStyle.pointThickness, color: PlotStyle.color(ofSeries: index))
        }
        return canvas.image
    }
}
