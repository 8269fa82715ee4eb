/// Where the parts of a plot lie, and how they are drawn.
struct PlotLayout {
    private let plot: LinePlot
    private let x: Axis
    private let y: Axis
    private let xTicks: [Double]
    private let yTicks: [Double]
    private let left: Double
    private let right: Double
    private let top: Double
    private let bottom: Double

    /// - Parameter xPadding: The margin beside the values, as a part of their range.
    init(_ plot: LinePlot, width: Int, height: Int, xPadding: Double = 0) {
        let points = plot.series.flatMap(\.points)
        self.plot = plot
        x = Axis(values: points.map(\.x), padding: xPadding)
        y = Axis(values: points.map(\.y), isLogarithmic: plot.hasLogarithmicY, padding: 0.04)
        xTicks = x.ticks(about: max(2, width / 130))
        yTicks = y.ticks(about: max(2, height / 70))
        let (margin, gap, text) = (PlotStyle.margin, PlotStyle.gap, PlotStyle.label.height)
        let labelWidth = y.labels(yTicks).map { PlotStyle.label.width(of: $0) }.max() ?? 0
        left = margin + text + 2 * gap + labelWidth + gap
        right = Double(width) - margin - gap
        top = margin + PlotStyle.title.height + 2 * gap + text + 2 * gap
        bottom = Double(height) - margin - text - 2 * gap - text - gap
    }

    /// Where a point of the data falls on the canvas.
    func place(_ point: Point) -> Point {
        Point(
            x: left + x.position(point.x) * (right - left),
            y: bottom - y.position(point.y) * (bottom - top))
    }

    /// The polylines of a series, cut where a point cannot be shown.
    func lines(_ points: [Point]) -> [[Point]] {
        points.map(place).split { !$0.isFinite }.map(Array.init)
    }

    func drawGrid(on canvas: inout Canvas) {
        for (value, label) in zip(yTicks, y.labels(yTicks)) {
            let height = level(bottom - y.position(value) * (bottom - top))
            canvas.stroke(
                [[Point(x: left, y: height), Point(x: right, y: height)]], thickness: 1, color: PlotStyle.gridColor)
            let baseline = Point(x: left - PlotStyle.gap, y: height + PlotStyle.label.height / 2)
            canvas.draw(label, at: baseline, anchor: .end, PlotStyle.label)
        }
        let floor = level(bottom)
        canvas.stroke(
            [[Point(x: left, y: floor), Point(x: right, y: floor)]], thickness: 1, color: PlotStyle.axisColor)
        for (value, label) in zip(xTicks, x.labels(xTicks)) {
            let column = level(left + x.position(value) * (right - left))
            canvas.stroke(
                [[Point(x: column, y: floor), Point(x: column, y: floor + 5)]], thickness: 1,
                color: PlotStyle.axisColor)
            let baseline = Point(x: column, y: bottom + PlotStyle.gap + PlotStyle.label.height)
            canvas.draw(label, at: baseline, anchor: .middle, PlotStyle.label)
        }
    }

    func drawTitles(on canvas: inout Canvas) {
        let titleBaseline = Point(x: PlotStyle.margin, y: PlotStyle.margin + PlotStyle.title.height)
        canvas.draw(plot.title, at: titleBaseline, PlotStyle.title)
        let below = bottom + 3 * PlotStyle.gap + 2 * PlotStyle.label.height
        canvas.draw(plot.xTitle, at: Point(x: (left + right) / 2, y: below), anchor: .middle, PlotStyle.label)
        let beside = Point(x: PlotStyle.margin + PlotStyle.label.height, y: (top + bottom) / 2)
        canvas.draw(plot.yTitle, at: beside, anchor: .middle, upwards: true, PlotStyle.label)
    }

    /// A row under the title: a dash of each series' colour and its name.
    func drawLegend(on canvas: inout Canvas) {
        let baseline = PlotStyle.margin + PlotStyle.title.height + 2 * PlotStyle.gap + PlotStyle.label.height
        let middle = baseline - PlotStyle.label.height / 2
        var column = PlotStyle.margin
        for (index, series) in plot.series.enumerated() {
            let dash = [Point(x: column + 2, y: middle), Point(x: column + 20, y: middle)]
            canvas.stroke([dash], thickness: 3, color: PlotStyle.color(ofSeries: index))
            canvas.draw(series.name, at: Point(x: column + 28, y: baseline), PlotStyle.label)
            column += 28 + PlotStyle.label.width(of: series.name) + 24
        }
    }

    /// The nearest middle of a pixel, so that a line of one pixel is sharp.
    private func level(_ coordinate: Double) -> Double { coordinate.rounded(.down) + 0.5 }
}
