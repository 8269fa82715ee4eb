/// A picture in memory: rows from the top, pixels from the left, channels interleaved, 8 bits each.
///
/// One channel is grey, three are red, green, blue. What this target does with pictures: PNG and JPEG (``PNG``,
/// ``JPEG``), cropping and resizing, grids of pictures (``Grid``) and line plots (``LinePlot``). It knows no other
/// colour space than the one the bytes are already in.
public struct Image: Equatable, Sendable {
    /// Columns; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// Values of a pixel: 1 (grey) or 3 (red, green, blue).
    public let channels: Int
    /// Values in the order row, column, channel; `width * height * channels` of them.
    public internal(set) var pixels: [UInt8]

    /// Wraps values that are already in the order row, column, channel.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image needs at least one pixel, not \(width)x\(height)")
        precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels, not \(channels)")
        precondition(
            pixels.count == width * height * channels,
            "an image of \(width)x\(height)x\(channels) has \(width * height * channels) values, not \(pixels.count)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// Makes an image of one colour, given by one value per channel.
    public init(width: Int, height: Int, color: [UInt8]) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * color.count)
        for _ in 0..<max(0, width * height) {
            for value in color { pixels.append(value) }
        }
        self.init(width: width, height: height, channels: color.count, pixels: pixels)
    }

    /// The value of one channel of one pixel.
    public subscript(x: Int, y: Int, channel: Int) -> UInt8 {
        get { pixels[offset(x, y) + channel] }
        set { pixels[offset(x, y) + channel] = newValue }
    }

    /// Where the first value of a pixel lies in ``pixels``.
    func offset(_ x: Int, _ y: Int) -> Int { (y * width + x) * channels }
}
