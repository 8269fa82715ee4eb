extension Image {
    /// Of values with a last channel of opacity: laid over white, `(v a + 255 (255 - a)) / 255`, rounded as Pillow's `paste` does.
    public init(width: Int, height: Int, channels: Int, overWhite values: [UInt8]) {
        precondition(values.count == width * height * (channels + 1), "expected \(channels) channels and their opacity")
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels)
        for start in stride(from: 0, to: values.count, by: channels + 1) {
            let opacity = Int(values[start + channels])
            for channel in 0..<channels {
                pixels.append(Self.share(Int(values[start + channel]) * opacity + 255 * (255 - opacity)))
            }
        }
        self.init(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// Of cyan, magenta, yellow and black as Adobe's programs store them in JPEGs, 255 for no ink: RGB as Pillow's `convert` makes it.
    init(width: Int, height: Int, inverseInk values: [UInt8]) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for start in stride(from: 0, to: values.count, by: 4) {
            let light = Int(values[start + 3])
            for channel in 0..<3 {
                let shade = Int(Self.share((255 - Int(values[start + channel])) * light))
                pixels.append(UInt8(clamping: light - shade))
            }
        }
        self.init(width: width, height: height, channels: 3, pixels: pixels)
    }

    /// A number divided by 255 and rounded. Source: Pillow, `ImagingUtils.h`, `DIV255`.
    private static func share(_ value: Int) -> UInt8 { UInt8(((value + 128) >> 8 + value + 128) >> 8) }

    /// The same picture in grey: `(19595 R + 38470 G + 7471 B + 32768) / 65536`, as Pillow's `convert("L")` (ITU-R BT.601).
    public var grey: Image {
        guard channels == 3 else { return self }
        let grey = stride(from: 0, to: pixels.count, by: 3).map { (start: Int) -> UInt8 in
            let (red, green, blue) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
            let sum: Int = 19_595 * red + 38_470 * green + 7_471 * blue
            return UInt8((sum + 32_768) >> 16)
        }
        return Image(width: width, height: height, channels: 1, pixels: grey)
    }

    /// The same picture with three channels.
    public var colored: Image {
        guard channels == 1 else { return self }
        return Image(width: width, height: height, channels: 3, pixels: pixels.flatMap { [$0, $0, $0] })
    }
}
