/// A surface on which antialiased lines and text are drawn.
struct Canvas {
    let width: Int
    let height: Int
    private var pixels: [Color]

    init(width: Int, height: Int, background: Color) {
        self.width = width
        self.height = height
        pixels = [Color](repeating: background, count: width * height)
    }

    /// What was drawn, in 8 bits.
    var image: Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * pixels.count)
        for color in pixels {
            bytes.append(UInt8((color.red * 255).rounded()))
            bytes.append(UInt8((color.green * 255).rounded()))
            bytes.append(UInt8((color.blue * 255).rounded()))
        }
        return Image(width: width, height: height, channels: 3, pixels: bytes)
    }

    /// Fills a rectangle from its upper left to its lower right corner; pixels at its edges as far as they are covered.
    mutating func fill(from corner: Point, to other: Point, color: Color) {
        guard corner.isFinite, other.isFinite else { return }
        let rows = Self.covered(corner.y, other.y, height)
        for (x, across) in Self.covered(corner.x, other.x, width) {
            for (y, down) in rows { blend(across * down, at: y * width + x, color) }
        }
    }

    /// The pixels between two coordinates that lie in an extent, each with how much of it is covered.
    private static func covered(_ low: Double, _ high: Double, _ extent: Int) -> [(pixel: Int, share: Float)] {
        let (low, high) = (max(0, low), min(Double(extent), high))
        guard low < high else { return [] }
        return (Int(low)..<min(extent, Int(high.rounded(.up)))).map {
            ($0, Float(min(Double($0 + 1), high) - max(Double($0), low)))
        }
    }

    /// Draws connected lines with round ends and joins.
    ///
    /// A pixel's coverage is how far its centre lies within the line's edge, clamped to [0, 1]; where several segments
    /// meet the largest counts, so that joins do not darken.
    mutating func stroke(_ lines: [[Point]], thickness: Double, color: Color) {
        let segments = lines.flatMap { Self.segments($0) }
        let reach = thickness / 2 + 0.5
        guard let box = Box(around: segments, margin: reach, width: width, height: height) else { return }
        var coverage = [Float](repeating: 0, count: box.columns.count * box.rows.count)
        for segment in segments {
            Self.cover(&coverage, of: box, with: segment, reach: reach)
        }
        blend(coverage, of: box, color)
    }

    private static func segments(_ line: [Point]) -> [Segment] {
        guard let first = line.first else { return [] }
        if line.count == 1 { return [Segment(start: first, end: first)] }
        return zip(line, line.dropFirst()).map { Segment(start: $0, end: $1) }
    }

    private static func cover(_ coverage: inout [Float], of box: Box, with segment: Segment, reach: Double) {
        guard let near = box.clipped(to: segment, margin: reach) else { return }
        for y in near.rows {
            let row = (y - box.rows.lowerBound) * box.columns.count - box.columns.lowerBound
            for x in near.columns {
                let distance = segment.distance(to: Point(x: Double(x) + 0.5, y: Double(y) + 0.5))
                let value = Float(min(1, max(0, reach - distance)))
                coverage[row + x] = max(coverage[row + x], value)
            }
        }
    }

    private mutating func blend(_ coverage: [Float], of box: Box, _ color: Color) {
        var index = 0
        for y in box.rows {
            for x in box.columns {
                blend(coverage[index], at: y * width + x, color)
                index += 1
            }
        }
    }

    private mutating func blend(_ amount: Float, at index: Int, _ color: Color) {
        let old = pixels[index]
        pixels[index].red += amount * (color.red - old.red)
        pixels[index].green += amount * (color.green - old.green)
        pixels[index].blue += amount * (color.blue - old.blue)
    }
}
