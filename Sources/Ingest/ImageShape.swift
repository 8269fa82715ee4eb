/// The shape of one image: C channels of H rows of W pixels.
public struct ImageShape: Hashable, Sendable, Codable, CustomStringConvertible {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// The number of values, and so of bytes.
    public var count: Int { channels * height * width }

    public var description: String { "\(channels) × \(height) × \(width)" }
}
