import Contract
import Foundation
import Pictures
import Training

/// A page about a run that needs nothing beside it: what it came to, its curves and pictures, its configuration, and how to compute it again.
public struct RunReport {
    /// A picture that the run drew.
    public struct Picture {
        /// What it shows and when, such as "after epoch 3".
        public let caption: String
        /// The bytes of a PNG file.
        public let bytes: [UInt8]

        public init(caption: String, bytes: [UInt8]) {
            self.caption = caption
            self.bytes = bytes
        }
    }

    private let name: String
    private let figures: RunFigures
    private let curves: RunCurves
    private let configuration: String
    private let pictures: [(title: String, pictures: [Picture])]
    private let provenance: Provenance

    /// - Parameters:
    ///   - name: What the page calls the run.
    ///   - rows: All rows of its record, in their order.
    ///   - configuration: The configuration as YAML.
    ///   - pictures: Pictures of one kind under a title each, in the order of time.
    public init(
        name: String, rows: [MetricsRow], configuration: String, pictures: [(title: String, pictures: [Picture])],
        provenance: Provenance
    ) {
        self.name = name
        figures = RunFigures(rows)
        curves = RunCurves(rows)
        self.configuration = configuration
        self.pictures = pictures
        self.provenance = provenance
    }

    /// The page as HTML.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTML.text(name))</title>
        <style>
        \(ReportStyle.text)
        </style>
        </head>
        <body>
        \(head)
        \(HTML.section("Curves", charts.isEmpty ? [] : ["<div class=\"charts\">"] + charts + ["</div>"]))
        \(pictures.filter { !$0.pictures.isEmpty }.map { section($0.title, $0.pictures) }.joined())
        \(HTML.section("Evaluation of the held-out images", evaluation))
        \(HTML.section("Configuration", [HTML.code(configuration)]))
        \(HTML.section("Provenance", provenance.parts))
        </body>
        </html>

        """
    }

    private var head: String {
        let tiles = tiles.map {
            "<div class=\"tile\"><b>\(HTML.text($0.value))</b><span>\(HTML.text($0.name))</span></div>"
        }
        return "<h1>\(HTML.text(name))</h1>\n<p class=\"faint\">\(HTML.text(provenance.head))</p>\n"
            + "<div class=\"tiles\">\n\(tiles.joined(separator: "\n"))\n</div>"
    }

    private var tiles: [(name: String, value: String)] {
        var tiles = [("steps, in epoch \(figures.epoch)", "\(figures.step)")]
        if let best = figures.best {
            tiles.append(("nats, best held-out -ELBO, step \(best.step)", digits(best.negativeELBO)))
        }
        if let last = figures.heldOut { tiles.append(("nats, last held-out -ELBO", digits(last.negativeELBO))) }
        if let train = figures.train {
            tiles.append(("nats, -ELBO of the last epoch's steps", digits(train.negativeELBO)))
        }
        if let units = figures.heldOut?.number("active_units") { tiles.append(("active latents", "\(Int(units))")) }
        if let speed = figures.imagesPerSecond {
            let workers = figures.workers == 1 ? "1 worker" : "\(figures.workers ?? 0) workers"
            tiles.append(("images/s, \(workers)", "\(Int(speed.rounded()))"))
        }
        return tiles
    }

    private var charts: [String] {
        [
            chart("-ELBO", "nats an image", "negative_elbo"),
            chart("Reconstruction", "nats an image", "reconstruction"),
            chart("Divergence", "nats an image", "divergence"),
            chart("Active latents", "held-out images", "active_units"),
            chart("Speed", "images/s", "images_per_second", ofSteps: true),
        ].compactMap(\.self)
    }

    /// Nil where nobody measured it.
    private func chart(_ title: String, _ unit: String, _ key: String, ofSteps: Bool = false) -> String? {
        let overEpochs = curves.haveEpochs
        let series = [
            LinePlot.Series(name: "train", points: curves.train(overEpochs: overEpochs) { $0.number(key) }),
            LinePlot.Series(
                name: "held-out", points: ofSteps ? [] : curves.valid(overEpochs: overEpochs) { $0.number(key) }),
        ].filter { !$0.points.isEmpty }
        guard !series.isEmpty else { return nil }
        let plot = LinePlot(title: title, xTitle: overEpochs ? "epoch" : "step", yTitle: unit, series: series)
        return VectorChart(plot).text
    }

    private func section(_ title: String, _ pictures: [Picture]) -> String {
        let figures = pictures.map { picture in
            let data = Data(picture.bytes).base64EncodedString()
            let caption = HTML.text(picture.caption)
            return
                "<figure><img alt=\"\(caption)\" src=\"data:image/png;base64,\(data)\"><figcaption>\(caption)</figcaption></figure>"
        }
        return HTML.section(title, ["<div class=\"pictures\">"] + figures + ["</div>"])
    }

    /// The best and the last evaluation, side by side.
    private var evaluation: [String] {
        guard let last = figures.heldOut else { return [] }
        let rows = [figures.best, last].compactMap(\.self)
        let table = last.numbers.filter { !["images_per_second", "workers"].contains($0.name) }.map { metric in
            [metric.name.replacing("_", with: " ")] + rows.map { $0.number(metric.name).map(digits) ?? "none" }
        }
        let head = (figures.best == nil ? [] : ["best, step \(rows[0].step)"]) + ["last, step \(last.step)"]
        return [HTML.table(["in nats an image, but for counts"] + head, table)]
    }
}

/// A number with as many digits as a reader needs.
func digits(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9
        ? "\(Int(value))" : String(format: abs(value) < 100 ? "%.3f" : "%.1f", value)
}
