import Settings
import Tensors

/// The images that a model takes and makes.
public struct ImageDescription: Hashable, Sendable, Codable {
    public var channels: Int
    public var height: Int
    public var width: Int
    /// If given, pixels in 0…1 become 1 above this threshold and 0 up to it, before anything else is done with them.
    public var binarize: Float?

    public init(channels: Int, height: Int, width: Int, binarize: Float? = nil) {
        self.channels = channels
        self.height = height
        self.width = width
        self.binarize = binarize
    }

    /// (C, H, W)
    var shape: Shape { [channels, height, width] }

    /// (B, C, H, W)
    func shape(of count: Int) -> Shape { [count, channels, height, width] }

    /// Pixels of which only the shape counts.
    func placeholder(_ count: Int) -> Tensor { .input(VariationalAutoencoder.pixels, shape(of: count)) }

    /// The pixels as the model sees them.
    ///
    /// The step function is the slope of ReLU: 1 above 0, else 0.
    func prepared(_ pixels: Tensor) -> Tensor {
        guard let binarize else { return pixels }
        return Tensor(.unary(.leakyReLUSlope(slope: 0)), [pixels - binarize], shape: pixels.shape)
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case channels, height, width, binarize }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        channels = try container.decode(Int.self, forKey: .channels)
        height = try container.decode(Int.self, forKey: .height)
        width = try container.decode(Int.self, forKey: .width)
        binarize = try container.decodeIfPresent(Float.self, forKey: .binarize)
    }
}

extension ImageDescription.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .channels:
            Setting(
                "Channels of an image: 1 for grey, 3 for colour.", .wholeNumber(1...Limits.setting),
                otherNames: ["in_channels", "input_channels", "num_channels", "nc", "n_channels"])
        case .height:
            Setting(
                "Rows of pixels.", .wholeNumber(1...Limits.setting), unit: "pixels",
                otherNames: ["img_height", "image_height"])
        case .width:
            Setting(
                "Columns of pixels.", .wholeNumber(1...Limits.setting), unit: "pixels",
                otherNames: ["img_width", "image_width"])
        case .binarize:
            Setting(
                "Pixels from 0 to 1 become 1 above this threshold and 0 up to it, before anything else is done with them.",
                .number(.any), default: "grey stays grey", otherNames: ["binarise", "binary", "threshold"])
        }
    }
}
