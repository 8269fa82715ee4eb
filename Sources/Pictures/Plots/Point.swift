/// A place on a canvas (pixels from the upper left corner) or in a plot (the axes' own units).
public struct Point: Equatable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// Both coordinates are numbers that can be drawn.
    var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A line segment, and how far points are from it.
struct Segment {
    let start: Point
    let end: Point

    /// The distance from `point` to the nearest point of the segment.
    func distance(to point: Point) -> Double {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let length = dx * dx + dy * dy
        let along = ((point.x - start.x) * dx + (point.y - start.y) * dy) / (length > 0 ? length : 1)
        let t = min(1, max(0, along))
        let (x, y) = (point.x - start.x - t * dx, point.y - start.y - t * dy)
        return (x * x + y * y).squareRoot()
    }
}
