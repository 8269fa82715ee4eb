/// A plot of bars from 0 upwards, one beside the other, each in the colour of its group.
public struct BarPlot: Sendable {
    public var title: String
    public var xTitle: String
    public var yTitle: String
    /// The names of the groups.
    public var groups: [String]
    /// The height of each bar, and which group it is of.
    public var bars: [(height: Double, group: Int)]

    public init(title: String, xTitle: String, yTitle: String, groups: [String], bars: [(height: Double, group: Int)]) {
        self.title = title
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.groups = groups
        self.bars = bars
    }

    /// Draws the plot. Text is ASCII; its size does not depend on the picture's.
    public func image(width: Int = 960, height: Int = 600) -> Image {
        var canvas = Canvas(width: width, height: height, background: PlotStyle.background)
        // What spans the axes: all corners of bars, in the first series; the others are there for the legend.
        let corners = bars.enumerated().flatMap { index, bar in
            [Point(x: Double(index) + 0.5, y: 0), Point(x: Double(index) + 1.5, y: bar.height)]
        }
        let series = groups.enumerated().map { LinePlot.Series(name: $1, points: $0 == 0 ? corners : []) }
        let frame = LinePlot(title: title, xTitle: xTitle, yTitle: yTitle, series: series)
        let layout = PlotLayout(frame, width: width, height: height)
        layout.drawGrid(on: &canvas)
        for (index, bar) in bars.enumerated() {
            let gap = bars.count < 100 ? 0.1 : 0
            let top = layout.place(Point(x: Double(index) + 0.5 + gap, y: bar.height))
            let bottom = layout.place(Point(x: Double(index) + 1.5 - gap, y: 0))
            canvas.fill(from: top, to: bottom, color: PlotStyle.color(ofSeries: bar.group))
        }
        layout.drawTitles(on: &canvas)
        layout.drawLegend(on: &canvas)
        return canvas.image
    }
}
