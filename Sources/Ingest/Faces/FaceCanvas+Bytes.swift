extension FaceCanvas {
    /// The picture, averaged down to its size, in the order channel, row, column.
    var planarBytes: [UInt8] {
        let size = side / Self.supersampling
        var bytes = [UInt8](repeating: 0, count: 3 * size * size)
        for row in 0..<size {
            for column in 0..<size {
                let color = (average(row, column) * 255)
                    .clamped(lowerBound: RGB(repeating: 0), upperBound: RGB(repeating: 255)).rounded(.toNearestOrEven)
                for channel in 0..<3 { bytes[(channel * size + row) * size + column] = UInt8(color[channel]) }
            }
        }
        return bytes
    }

    private func average(_ row: Int, _ column: Int) -> RGB {
        let first = Self.supersampling * (row * side + column)
        var sum = RGB(repeating: 0)
        for y in 0..<Self.supersampling {
            for x in 0..<Self.supersampling { sum += pixels[first + y * side + x] }
        }
        return sum / Float(Self.supersampling * Self.supersampling)
    }
}
