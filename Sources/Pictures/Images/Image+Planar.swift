private import CPictures

extension Image {
    /// Takes one picture out of a batch of bytes in the order picture, channel, row, column (NCHW).
    ///
    /// - Parameter index: which picture, from 0.
    public init(planar values: [UInt8], index: Int = 0, channels: Int, height: Int, width: Int) {
        let range = Self.planarRange(count: values.count, index: index, channels, height, width)
        self.init(planes: values[range], channels: channels, height: height, width: width) { $0 }
    }

    /// Takes one picture out of a batch of numbers in [0, 1] in the order picture, channel, row, column (NCHW).
    ///
    /// A value v becomes round(255 v); what lies outside [0, 1] is clamped, and not-a-number is 0.
    public init(planar values: [Float], index: Int = 0, channels: Int, height: Int, width: Int) {
        let range = Self.planarRange(count: values.count, index: index, channels, height, width)
        self.init(planes: values[range], channels: channels, height: height, width: width) { value in
            value > 0 ? UInt8((min(value, 1) * 255).rounded()) : 0
        }
    }

    /// The values in the order channel, row, column (CHW), as datasets store them.
    public var planarPixels: [UInt8] {
        guard channels > 1 else { return pixels }
        return unsafe [UInt8](unsafeUninitializedCapacity: pixels.count) { planar, count in
            unsafe cpictures_planar(pixels, width * height, planar.baseAddress)
            count = pixels.count
        }
    }

    private init<Value>(
        planes: ArraySlice<Value>, channels: Int, height: Int, width: Int, byte: (Value) -> UInt8
    ) {
        var pixels = [UInt8](repeating: 0, count: planes.count)
        for channel in 0..<channels {
            let plane = planes.startIndex + channel * height * width
            for pixel in 0..<height * width { pixels[pixel * channels + channel] = byte(planes[plane + pixel]) }
        }
        self.init(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static func planarRange(
        count: Int, index: Int, _ channels: Int, _ height: Int, _ width: Int
    ) -> Range<Int> {
        let size = channels * height * width
        precondition(
            index >= 0 && (index + 1) * size <= count,
            "picture \(index) of \(channels)x\(height)x\(width) does not lie in \(count) values")
        return index * size..<(index + 1) * size
    }
}
