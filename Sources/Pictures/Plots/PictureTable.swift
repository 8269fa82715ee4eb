/// Rows of pictures of one size under headings, in blocks with a title each.
public struct PictureTable: Sendable {
    /// Rows that belong together.
    public struct Block: Sendable {
        public var title: String
        /// As many pictures in each row as there are headings.
        public var rows: [[Image]]

        public init(title: String, rows: [[Image]]) {
            self.title = title
            self.rows = rows
        }
    }

    public var headings: [String]
    public var blocks: [Block]

    public init(headings: [String], blocks: [Block]) {
        self.headings = headings
        self.blocks = blocks
    }

    private static let padding = 2
    private static let titleHeight = 26
    private static let headingHeight = 20
    /// Smaller pictures are magnified by a whole number, so that headings have room.
    private static let leastSide = 48

    /// Draws the table. Text is ASCII.
    public func image() -> Image {
        let parts = [headingStrip] + blocks.flatMap { [strip(title: $0.title), grid($0.rows)] }
        var table = Image(width: width, height: parts.reduce(0) { $0 + $1.height }, color: [255, 255, 255])
        var y = 0
        for part in parts {
            table.paste(part, x: 0, y: y)
            y += part.height
        }
        return table
    }

    private func grid(_ rows: [[Image]]) -> Image {
        precondition(rows.allSatisfy { $0.count == headings.count }, "expected \(headings.count) pictures in each row")
        return Grid.image(
            rows.flatMap(\.self).map { $0.magnified(by: factor) }, columns: headings.count, padding: Self.padding)
    }

    private var side: Int {
        guard let first = blocks.first?.rows.first?.first else { preconditionFailure("a table needs a picture") }
        return first.width
    }

    private var factor: Int { max(1, (Self.leastSide + side - 1) / side) }
    private var step: Int { side * factor + Self.padding }
    private var width: Int { headings.count * step + Self.padding }

    private var headingStrip: Image {
        var canvas = Canvas(width: width, height: Self.headingHeight, background: PlotStyle.background)
        for (index, heading) in headings.enumerated() {
            let middle = Double(index * step + Self.padding) + Double(step - Self.padding) / 2
            canvas.draw(heading, at: Point(x: middle, y: 15), anchor: .middle, PlotStyle.label)
        }
        return canvas.image
    }

    private func strip(title: String) -> Image {
        var canvas = Canvas(width: width, height: Self.titleHeight, background: PlotStyle.background)
        canvas.draw(title, at: Point(x: Double(Self.padding) + 2, y: 19), PlotStyle.title)
        return canvas.image
    }
}
