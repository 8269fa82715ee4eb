import Pictures

/// Where the pixels of one image lie in a row of an array.
struct ImageLayout: Hashable, Sendable {
    let width: Int
    let height: Int
    let channels: Int
    /// How far the next column, row and channel are, in numbers.
    let column: Int
    let row: Int
    let channel: Int

    /// The axes of one image in their order, the last the fastest.
    init(_ axes: [AxisLayout.Axis], _ extents: [Int]) {
        var (sizes, steps) = ([AxisLayout.Axis: Int](), [AxisLayout.Axis: Int]())
        var step = 1
        for (axis, extent) in zip(axes, extents).reversed() {
            (sizes[axis], steps[axis]) = (extent, step)
            step *= extent
        }
        (width, height, channels) = (sizes[.column] ?? 1, sizes[.row] ?? 1, sizes[.channel] ?? 1)
        (column, row, channel) = (steps[.column] ?? 0, steps[.row] ?? 0, steps[.channel] ?? 0)
    }

    private init(width: Int, height: Int, channels: Int, column: Int, row: Int, channel: Int) {
        (self.width, self.height, self.channels) = (width, height, channels)
        (self.column, self.row, self.channel) = (column, row, channel)
    }

    /// Rows of columns of channels, as NumPy's pictures lie.
    static func interleaved(height: Int, width: Int, channels: Int) -> ImageLayout {
        ImageLayout(
            width: width, height: height, channels: channels, column: channels, row: width * channels, channel: 1)
    }

    /// A plane for each channel.
    static func planar(height: Int, width: Int, channels: Int) -> ImageLayout {
        ImageLayout(width: width, height: height, channels: channels, column: 1, row: width, channel: width * height)
    }

    /// A plane for each channel, column by column, as MATLAB and EMNIST have them.
    static func columns(height: Int, width: Int, channels: Int) -> ImageLayout {
        ImageLayout(width: width, height: height, channels: channels, column: height, row: 1, channel: width * height)
    }

    var count: Int { width * height * channels }

    /// The shape of the images that it makes: opacity is no channel of them.
    var shape: ImageShape { ImageShape(channels: channels > 2 ? 3 : 1, height: height, width: width) }

    /// The image of a row of bytes; a second or fourth channel is opacity, over white.
    func image(_ values: ArraySlice<UInt8>) -> Image {
        let pixels = interleavedValues(values)
        return channels % 2 == 0
            ? Image(width: width, height: height, channels: channels - 1, overWhite: pixels)
            : Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    private func interleavedValues(_ values: ArraySlice<UInt8>) -> [UInt8] {
        if self == .interleaved(height: height, width: width, channels: channels) { return Array(values) }
        var pixels = [UInt8](repeating: 0, count: count)
        var place = 0
        for y in 0..<height {
            for x in 0..<width {
                let start = values.startIndex + y * row + x * column
                for c in 0..<channels {
                    pixels[place] = values[start + c * channel]
                    place += 1
                }
            }
        }
        return pixels
    }
}
