import Randomness
import Settings
import Tensors

/// The images that a model takes and makes, and what is done with pixels before the model sees them.
public struct ImageDescription: Hashable, Sendable, Codable {
    public var channels: Int
    public var height: Int
    public var width: Int
    /// If given, pixels in 0…1 become 0 or 1.
    public var binarize: Binarization?
    /// The probability, from 0 to 1, with which training sees an image with left and right exchanged, drawn anew in every pass.
    /// Evaluation never does.
    public var flip: Float
    /// Whether pixels of 256 values become numbers between 0 and 1: (byte + u) / 256 with u uniform in (0, 1), drawn anew in every pass.
    ///
    /// Source: Uria, Murray and Larochelle, "RNADE", NeurIPS 2013; Theis, van den Oord and Bethge, "A note on the evaluation of generative
    /// models", ICLR 2016, section 3.1.
    public var dequantize: Bool
    /// The part of an image that a model predicts from the rest; nil where it is the whole image.
    public var prediction: ImagePrediction?

    public init(
        channels: Int, height: Int, width: Int, binarize: Binarization? = nil, flip: Float = 0,
        dequantize: Bool = false,
        prediction: ImagePrediction? = nil
    ) {
        self.channels = channels
        self.height = height
        self.width = width
        self.binarize = binarize
        self.flip = flip
        self.dequantize = dequantize
        self.prediction = prediction
    }

    /// How many numbers of an image the likelihood judges.
    var judgedCount: Int { channels * width * judgedHeight }

    /// The rows of an image that the likelihood judges.
    public var judgedHeight: Int { prediction == nil ? height : height - height / 2 }

    /// (C, H, W)
    var shape: Shape { [channels, height, width] }

    /// (B, C, H, W)
    func shape(of count: Int) -> Shape { [count, channels, height, width] }

    /// Pixels of which only the shape counts.
    func placeholder(_ count: Int) -> Tensor { .input(VariationalAutoencoder.pixels, shape(of: count)) }

    /// Whether training sees an example mirrored in one of its passes. Whoever hands pixels to a training graph asks for each row.
    public func isFlipped(example: UInt32, pass: UInt32, seed: UInt64) -> Bool {
        let stream = RandomStream(seed: seed, operator: NoiseKey.flip, pass: pass, example: example)
        return flip > 0 && stream.uniform(0) < Double(flip)
    }

    /// The pixels as the model sees them.
    func prepared(_ pixels: Tensor) -> Tensor {
        if dequantize {
            return pixels * (255.0 / 256) + Tensor.uniform(pixels.shape, key: NoiseKey.dequantization) * (1.0 / 256)
        }
        switch binarize {
        case nil: return pixels
        case .threshold(let threshold): return step(pixels - threshold)
        case .dynamic: return step(pixels - .uniform(pixels.shape, key: NoiseKey.binarization))
        case .static: return step(pixels - .uniform(pixels.shape, key: NoiseKey.binarization, inEveryPass: true))
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, height, width, binarize, flip, dequantize
        case prediction = "predict"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        channels = try container.decode(Int.self, forKey: .channels)
        height = try container.decode(Int.self, forKey: .height)
        width = try container.decode(Int.self, forKey: .width)
        binarize = try container.decodeIfPresent(Binarization.self, forKey: .binarize)
        flip = try container.decodeIfPresent(Float.self, forKey: .flip) ?? 0
        dequantize = try container.decodeIfPresent(Bool.self, forKey: .dequantize) ?? false
        prediction = try container.decodeIfPresent(ImagePrediction.self, forKey: .prediction)
    }

    /// What is not asked for is not written, so that contracts from before there was a choice stay as they are.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(channels, forKey: .channels)
        try container.encode(height, forKey: .height)
        try container.encode(width, forKey: .width)
        try container.encodeIfPresent(binarize, forKey: .binarize)
        if flip != 0 { try container.encode(flip, forKey: .flip) }
        if dequantize { try container.encode(dequantize, forKey: .dequantize) }
        try container.encodeIfPresent(prediction, forKey: .prediction)
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
                "Pixels from 0 to 1 become 0 or 1: 1 above a threshold, or drawn with the brightness as the probability of 1, in every "
                    + "pass anew (`dynamic`) or once for each image (`static`).",
                Binarization.kind, default: "grey stays grey", otherNames: ["binarise", "binary", "threshold"])
        case .flip:
            Setting(
                "How likely training sees an image mirrored, left and right exchanged.",
                .number(NumberRange(from: 0, included: true, to: 1, included: true)), default: "0",
                otherNames: ["horizontal_flip", "random_flip", "hflip"])
        case .dequantize:
            Setting(
                "Whether uniform noise fills the steps between the 256 values of a pixel, for likelihoods that are densities.",
                .boolean, default: "false", otherNames: ["dequantise", "dequantization"])
        case .prediction:
            Setting(
                "The part of an image that is predicted from the rest of it, instead of the whole.",
                .word(ImagePrediction.allCases.map(\.rawValue)), default: "the whole image")
        }
    }
}
