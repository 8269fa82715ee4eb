/// A network for images of a given size: `face-128`'s stages, as many as the size asks for.
///
/// Convolutions of stride 2 halve the images, n to ⌈n / 2⌉ rows or columns, until no side is above 8. Transposed convolutions
/// double them again, each to exactly the extents that the encoder had there, odd ones too.
public struct SizedNetwork: Hashable, Sendable {
    public let subject: Subject
    public let images: ImageDescription
    /// Height and width of the images before each convolution of stride 2, and after the last.
    public let extents: [Extents]
    /// The number of latent dimensions.
    public let latents: Int

    /// Rows and columns.
    public struct Extents: Hashable, Sendable, CustomStringConvertible {
        public let height: Int
        public let width: Int

        var halved: Extents { Extents(height: (height + 1) / 2, width: (width + 1) / 2) }
        var largest: Int { max(height, width) }
        public var description: String { "\(height) x \(width)" }
    }

    /// The pixels a side that networks are made for.
    public static let sides = 16...512
    /// The channels that networks are made for.
    public static let channels = 1...4

    private static let smallestSide = 8
    private static let leastStages = 2

    /// - Throws: `DescriptionError` for images outside `sides` and `channels`.
    public init(_ subject: Subject, for images: ImageDescription) throws(DescriptionError) {
        guard Self.sides.contains(images.height), Self.sides.contains(images.width),
            Self.channels.contains(images.channels)
        else {
            throw DescriptionError(
                path: "preset \(subject.rawValue)",
                problem: "makes networks for \(Self.sides.lowerBound) to \(Self.sides.upperBound) pixels a side and "
                    + "\(Self.channels.lowerBound) to \(Self.channels.upperBound) channels, and these images have "
                    + "\(images.height) x \(images.width) x \(images.channels) (height, width, channels): make them "
                    + "again with `tributary data import … --size`, or write a network of your own")
        }
        self.subject = subject
        self.images = ImageDescription(
            channels: images.channels, height: images.height, width: images.width,
            binarize: Self.isBinary(subject, images) ? 0.5 : nil)
        var extents = [Extents(height: images.height, width: images.width)]
        while extents.last!.largest > Self.smallestSide || extents.count <= Self.leastStages {
            extents.append(extents.last!.halved)
        }
        self.extents = extents
        latents = Self.latents(subject, side: extents[0].largest)
    }

    /// Whether pixels are only black and white for the model. Coloured digits have more to tell than which channel is on.
    private static func isBinary(_ subject: Subject, _ images: ImageDescription) -> Bool {
        subject == .digits && images.channels == 1
    }

    private static func latents(_ subject: Subject, side: Int) -> Int {
        switch subject {
        case .digits: side <= 32 ? 16 : 32
        case .face: side <= 32 ? 64 : side <= 64 ? 128 : 200
        }
    }

    /// The number of channels of images at each of `extents`.
    public var filters: [Int] { extents.indices.map { $0 == 0 ? images.channels : $0 == 1 ? 32 : 64 } }

    private static let normalised: [Layer] = [.batchNormalization(), .leakyReLU(slope: 0.1)]
}

extension SizedNetwork {
    /// The layers.
    public var model: ModelDescription {
        ModelDescription(images: images, encoder: encoder, latents: latents, decoder: decoder)
    }

    /// `digits` in one channel: Bernoulli. All others: squared error, weighted so that the error of an image counts as much as one of
    /// `face-128`'s images does, whatever the size.
    public var objective: Objective {
        guard images.binarize == nil else { return Objective(likelihood: .bernoulli) }
        let values = images.channels * images.height * images.width
        let exact = Double(3 * 128 * 128) / Double(values)
        return Objective(likelihood: .squaredError, reconstructionWeight: Self.rounded(exact))
    }

    /// To two decimals, or three digits where that is more.
    private static func rounded(_ weight: Double) -> Float {
        let unit = weight < 0.1 ? 1000.0 : 100
        return Float((weight * unit).rounded() / unit)
    }

    private var encoder: [Layer] {
        filters.dropFirst().flatMap { filters in
            [.convolution(filters: filters, window: 3, stride: 2, padding: 1, bias: false)] + Self.normalised
        } + [.flatten]
    }

    private var decoder: [Layer] {
        let (smallest, filters) = (extents.last!, filters)
        var layers: [Layer] = [
            .linear(units: filters.last! * smallest.height * smallest.width),
            .reshape(filters.last!, smallest.height, smallest.width),
        ]
        for stage in extents.indices.dropLast().reversed() {
            layers.append(Self.doubling(to: extents[stage], filters: filters[stage]))
            if stage > 0 { layers += Self.normalised }
        }
        return images.binarize == nil ? layers + [.sigmoid] : layers
    }

    /// From n rows a window of 3 with stride 2 makes 2n + 1: one or two are cut off, on both sides where both are odd.
    private static func doubling(to target: Extents, filters: Int) -> Layer {
        let (rows, columns) = (2 - (target.height + 1) % 2, 2 - (target.width + 1) % 2)
        let isCentred = rows == 2 && columns == 2
        return .transposedConvolution(
            filters: filters, window: 3, stride: 2, padding: isCentred ? 1 : 0,
            trim: isCentred ? 0 : Trim(rows: rows, columns: columns))
    }
}

extension SizedNetwork {
    /// Why the network is as it is: a line for each choice, without line breaks.
    public var reasons: [String] {
        [
            "encoder: \(extents.count - 1) convolutions of stride 2, "
                + extents.map(\.description).joined(separator: " -> ")
                + ": halved until no side is above \(Self.smallestSide).",
            "filters: 32, where images are largest and cost most, then 64, as in face-64 and face-128.",
            "latents: \(latents), \(latentsReason).",
            "decoder: the same sizes backwards; padding and trim ([rows, columns]) cut off what a doubling makes too much.",
            likelihoodReason,
        ]
    }

    private var latentsReason: String {
        subject == .digits
            ? "as strokes differ in little more than shape, slant and width"
            : "more for larger images, 200 as in face-128"
    }

    private var likelihoodReason: String {
        images.binarize == nil
            ? "objective: squared error, weighted so that an image of this size counts as much as one of face-128's "
                + "(3 x 128 x 128 values) against the divergence."
            : "objective: Bernoulli, of pixels that are black up to 0.5 and white above; the decoder gives logits."
    }
}
