/// The pixels of one picture while it is drawn: colours in floating point, painted over each other.
///
/// Coordinates span [-1, 1] in both directions, y downwards. It is drawn at twice the size and averaged at the end.
struct FaceCanvas {
    static let supersampling = 2

    /// Pixels along a side, supersampling included.
    let side: Int
    private(set) var pixels: [RGB]

    init(size: Int) {
        side = size * Self.supersampling
        pixels = [RGB](repeating: RGB(repeating: 0), count: side * side)
    }

    /// The length of a pixel's side.
    var pixel: Float { 2 / Float(side) }

    /// Everything.
    var bounds: Box { Box(columns: 0..<side, rows: 0..<side) }

    /// The pixels of a rectangle around a point.
    func box(around point: SIMD2<Float>, halfSize: SIMD2<Float>) -> Box {
        Box(columns: range(point.x, halfSize.x), rows: range(point.y, halfSize.y))
    }

    private func range(_ center: Float, _ radius: Float) -> Range<Int> {
        let low = max(0, min(side, Int((center - radius + 1) / pixel)))
        let high = max(low, min(side, Int((center + radius + 1) / pixel) + 1))
        return low..<high
    }

    /// Lays paint over every pixel of a box: `paint` gives a colour and how much it covers, from the pixel's centre.
    @inline(__always)
    mutating func paint(_ box: Box, _ paint: (SIMD2<Float>) -> (color: RGB, coverage: Float)) {
        let pixel = self.pixel
        for row in box.rows {
            for column in box.columns {
                let point = SIMD2((Float(column) + 0.5) * pixel - 1, (Float(row) + 0.5) * pixel - 1)
                let (color, coverage) = paint(point)
                if coverage > 0 {
                    let old = pixels[row * side + column]
                    pixels[row * side + column] = old + (color - old) * min(1, coverage)
                }
            }
        }
    }

    /// A rectangle of pixels.
    struct Box {
        var columns: Range<Int>
        var rows: Range<Int>
    }
}
