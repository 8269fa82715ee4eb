/// A rectangle of whole pixels within a canvas.
struct Box {
    var columns: Range<Int>
    var rows: Range<Int>

    /// The pixels within `margin` of any segment's bounding box that lie on a canvas; nil where there are none.
    init?(around segments: [Segment], margin: Double, width: Int, height: Int) {
        let points = segments.flatMap { [$0.start, $0.end] }
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let top = points.map(\.y).min(), let bottom = points.map(\.y).max()
        else { return nil }
        columns = Self.pixels(left - margin, right + margin).clamped(to: 0..<width)
        rows = Self.pixels(top - margin, bottom + margin).clamped(to: 0..<height)
        if columns.isEmpty || rows.isEmpty { return nil }
    }

    /// The part of the box within `margin` of one segment's bounding box; nil where there is none.
    func clipped(to segment: Segment, margin: Double) -> Box? {
        let (a, b) = (segment.start, segment.end)
        var box = self
        box.columns = Self.pixels(min(a.x, b.x) - margin, max(a.x, b.x) + margin).clamped(to: columns)
        box.rows = Self.pixels(min(a.y, b.y) - margin, max(a.y, b.y) + margin).clamped(to: rows)
        return box.columns.isEmpty || box.rows.isEmpty ? nil : box
    }

    /// Whole pixels that touch [low, high]; coordinates far outside any canvas are drawn in first.
    private static func pixels(_ low: Double, _ high: Double) -> Range<Int> {
        let limit = 1e6
        let start = Int(max(-limit, min(limit, low)).rounded(.down))
        let end = Int(max(-limit, min(limit, high)).rounded(.up))
        return start..<max(start, end)
    }
}
