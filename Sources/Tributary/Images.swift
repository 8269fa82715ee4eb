import Files
import Pictures

/// Images of one size: numbers from 0 (black) to 1 (white) in the order image, channel, row, column (NCHW).
public struct Images: Hashable, Sendable {
    public let channels: Int
    public let height: Int
    public let width: Int
    /// count · channels · height · width numbers.
    public let values: [Float]

    /// - Parameters:
    ///   - channels: 1 for grey, 3 for red, green and blue.
    ///   - height: Rows.
    ///   - width: Columns.
    ///   - values: As many as make whole images.
    public init(channels: Int, height: Int, width: Int, values: [Float]) {
        precondition(channels > 0 && height > 0 && width > 0, "images of \(channels) x \(height) x \(width)")
        precondition(
            values.count % (channels * height * width) == 0,
            "\(values.count) values do not make images of \(channels) x \(height) x \(width)")
        self.channels = channels
        self.height = height
        self.width = width
        self.values = values
    }

    /// - Parameters:
    ///   - channels: 1 for grey, 3 for red, green and blue.
    ///   - height: Rows.
    ///   - width: Columns.
    ///   - bytes: Values from 0 (black) to 255 (white), as many as make whole images.
    public init(channels: Int, height: Int, width: Int, bytes: [UInt8]) {
        self.init(channels: channels, height: height, width: width, values: bytes.map { Float($0) / 255 })
    }

    /// The number of images.
    public var count: Int { values.count / (channels * height * width) }

    /// The values as bytes, round(255 v).
    public var bytes: [UInt8] { pictures.flatMap(\.planarPixels) }

    /// Writes the images into one PNG file, in rows of `columns`.
    ///
    /// - Throws: `FileError` where it cannot be written.
    public func write(toPNG path: String, columns: Int = 8) throws {
        precondition(count > 0, "a picture needs at least one image")
        try PosixFileSystem().replaceDurably(path, PNG.encode(Grid.image(pictures, columns: columns)))
    }

    private var pictures: [Image] {
        (0..<count).map { Image(planar: values, index: $0, channels: channels, height: height, width: width) }
    }
}
