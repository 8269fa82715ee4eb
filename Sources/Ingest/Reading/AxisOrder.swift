/// The order in which a dataset's axes hold N images.
enum AxisOrder: Hashable, Sendable, CustomStringConvertible {
    /// (N, C, H, W), the order this project uses.
    case channelsFirst
    /// (N, H, W, C).
    case channelsLast
    /// (N, H, W), one channel.
    case grey
    /// (N, H·W), one channel of a square image.
    case flatSquare

    var description: String {
        switch self {
        case .channelsFirst: "N, C, H, W"
        case .channelsLast: "N, H, W, C"
        case .grey: "N, H, W"
        case .flatSquare: "N, H·W"
        }
    }

    /// The order that axis names give, as the attribute `axes` holds them; nil for other names.
    init?(labels: [String]) {
        switch labels.map({ $0.lowercased() }) {
        case ["batch", "channel", "height", "width"]: self = .channelsFirst
        case ["batch", "height", "width", "channel"]: self = .channelsLast
        case ["batch", "height", "width"]: self = .grey
        default: return nil
        }
    }

    /// The only order that a shape allows, where images have 1 or 3 channels.
    ///
    /// - Parameter shape: Two to four extents.
    /// - Throws: `DataError` for a shape that allows none or two.
    init(inferredFrom shape: [Int], place: String) throws {
        switch (shape.count, [1, 3].contains(shape[1]), [1, 3].contains(shape[shape.count - 1])) {
        case (4, true, false): self = .channelsFirst
        case (4, false, true): self = .channelsLast
        case (4, true, true):
            throw DataError(
                place,
                "has shape \(shape), which could be channels first or last; give it the attribute axes, four texts of "
                    + "fixed length such as batch, channel, height, width")
        case (3, _, _): self = .grey
        case (2, _, _) where Self.squareRoot(shape[1]) != nil: self = .flatSquare
        default: throw DataError(place, "has shape \(shape); images have 1 or 3 channels, or are square and grey")
        }
    }

    /// The shape of one image in a dataset of the given shape.
    func imageShape(of shape: [Int]) -> ImageShape {
        switch self {
        case .channelsFirst: return ImageShape(channels: shape[1], height: shape[2], width: shape[3])
        case .channelsLast: return ImageShape(channels: shape[3], height: shape[1], width: shape[2])
        case .grey: return ImageShape(channels: 1, height: shape[1], width: shape[2])
        case .flatSquare:
            let side = Self.squareRoot(shape[1]) ?? shape[1]
            return ImageShape(channels: 1, height: side, width: side)
        }
    }

    /// Brings images into the order (N, C, H, W).
    func channelsFirst(_ pixels: [UInt8], _ shape: ImageShape) -> [UInt8] {
        guard self == .channelsLast, shape.channels > 1 else { return pixels }
        var result = [UInt8](repeating: 0, count: pixels.count)
        let plane = shape.height * shape.width
        for image in stride(from: 0, to: pixels.count, by: shape.count) {
            for channel in 0..<shape.channels {
                for pixel in 0..<plane {
                    result[image + channel * plane + pixel] = pixels[image + pixel * shape.channels + channel]
                }
            }
        }
        return result
    }

    private static func squareRoot(_ count: Int) -> Int? {
        let root = Int(Double(count).squareRoot().rounded())
        return root > 1 && root * root == count ? root : nil
    }
}
