import Foundation
import Pictures

/// A plot as SVG within a page, which takes its colours from the page's style: `line-0`, `line-1`, … and `grid`.
struct VectorChart {
    private let plot: LinePlot
    private let x: Axis
    private let y: Axis

    private static let (width, height) = (460.0, 260.0)
    private static let (left, right, top, bottom) = (52.0, 450.0, 12.0, 222.0)

    init(_ plot: LinePlot) {
        let points = plot.series.flatMap(\.points)
        self.plot = plot
        x = Axis(values: points.map(\.x))
        y = Axis(values: points.map(\.y), padding: 0.04)
    }

    var text: String {
        let legend = plot.series.indices.map { index in
            "<span class=\"key key-\(index)\"></span>\(HTML.text(plot.series[index].name))"
        }
        let caption = "\(HTML.text(plot.title)) <small>\(HTML.text(plot.yTitle))</small> "
        return "<figure>\n<figcaption>\(caption)\(plot.series.count > 1 ? legend.joined(separator: " ") : "")"
            + "</figcaption>\n<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">\n"
            + (grid + plot.series.indices.map(line)).joined(separator: "\n") + "\n</svg>\n</figure>"
    }

    private var grid: [String] {
        let (columns, rows) = (x.ticks(about: 6), y.ticks(about: 5))
        let labels = zip(columns, x.labels(columns)).map { value, label in
            "<text x=\"\(across(value))\" y=\"\(Self.bottom + 16)\" class=\"middle\">\(label)</text>"
        }
        let lines = zip(rows, y.labels(rows)).map { value, label in
            "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.right)\" y1=\"\(up(value))\" y2=\"\(up(value))\"/>"
                + "<text x=\"\(Self.left - 6)\" y=\"\(up(value) + 4)\" class=\"end\">\(label)</text>"
        }
        let title =
            "<text x=\"\((Self.left + Self.right) / 2)\" y=\"\(Self.height - 6)\" class=\"middle\">\(HTML.text(plot.xTitle))</text>"
        return lines + labels + [title]
    }

    private func line(_ index: Int) -> String {
        let points = plot.series[index].points.filter { $0.x.isFinite && $0.y.isFinite }
        let path = points.map { "\(across($0.x)),\(up($0.y))" }.joined(separator: " ")
        let dots =
            points.count > 40 ? [] : points.map { "<circle cx=\"\(across($0.x))\" cy=\"\(up($0.y))\" r=\"2.5\"/>" }
        return "<g class=\"line-\(index)\"><polyline points=\"\(path)\"/>\(dots.joined())</g>"
    }

    private func across(_ value: Double) -> Double {
        Self.rounded(Self.left + x.position(value) * (Self.right - Self.left))
    }

    private func up(_ value: Double) -> Double {
        Self.rounded(Self.bottom - y.position(value) * (Self.bottom - Self.top))
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
