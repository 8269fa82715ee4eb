/// A whole model with its objective, to be used as it is or copied and changed.
public struct Preset: Hashable, Sendable {
    public let name: String
    /// What it is and where it comes from, in a line.
    public let summary: String
    public let model: ModelDescription
    public let objective: Objective

    public static let all: [Preset] = [
        .mlp, .mnist, .face64, .face128, .mlpScore, .mlpScoreLeaveOneOut, .mlpGumbel, .mlpStraightThrough,
        .mlpAutoencoder,
        .mlpSigma, .iwae, .sbn, .sbnScore, .beliefNetwork, .spatial, .face128Upsampling, .betaFace64, .conditional, .m1,
        .m2, .stacked,
        .predictionConstrained, .consistent,
    ]

    /// The preset of that name, or nil.
    public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}

extension Preset {
    /// Two hidden layers of 400 units on binary MNIST, with 128 latents.
    public static let mlp = Preset(
        name: "mlp", summary: "fully connected, 128 latents, binary MNIST",
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 28, width: 28, binarize: 0.5),
            encoder: [.flatten, .linear(units: 400), .relu],
            latents: 128,
            decoder: [.linear(units: 400), .relu, .linear(units: 784), .reshape(1, 28, 28)]),
        objective: Objective(likelihood: .bernoulli))

    /// Convolutions on grey MNIST, with two latents that can be drawn as a map.
    ///
    /// Source: Raschka, STAT 453 (2021), lecture 17, notebook 1.
    public static let mnist = Preset(
        name: "mnist", summary: "convolutions on grey MNIST, 2 latents to be drawn as a map (Raschka 2021)",
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 28, width: 28),
            encoder: [
                .convolution(filters: 32, window: 3, stride: 1, padding: 1), .leakyReLU(slope: 0.01),
                .convolution(filters: 64, window: 3, stride: 2, padding: 1), .leakyReLU(slope: 0.01),
                .convolution(filters: 64, window: 3, stride: 2, padding: 1), .leakyReLU(slope: 0.01),
                .convolution(filters: 64, window: 3, stride: 1, padding: 1), .flatten,
            ],
            latents: 2,
            decoder: [
                .linear(units: 3136), .reshape(64, 7, 7),
                .transposedConvolution(filters: 64, window: 3, stride: 1, padding: 1), .leakyReLU(slope: 0.01),
                .transposedConvolution(filters: 64, window: 3, stride: 2, padding: 1), .leakyReLU(slope: 0.01),
                .transposedConvolution(filters: 32, window: 3, stride: 2), .leakyReLU(slope: 0.01),
                .transposedConvolution(filters: 1, window: 3, trim: 1), .sigmoid,
            ]),
        objective: Objective(likelihood: .squaredError))

    /// Faces of 64 × 64 pixels: the network of `face-128` for images of half the size, without dropout.
    ///
    /// A quarter of the pixels makes a quarter of the reconstruction error, so it counts four times: reconstruction and
    /// divergence then weigh against each other as they do in `face-128`.
    public static let face64 = Preset(
        name: "face-64", summary: "faces of 64 x 64: face-128 at half the size, 128 latents",
        model: faces(size: 64, latents: 128, dropout: []),
        objective: Objective(likelihood: .squaredError, reconstructionWeight: 4))

    /// Faces of 128 × 128 pixels, with 200 latents.
    ///
    /// Source: Raschka, STAT 453 (2021), lecture 17, notebook 2.
    public static let face128 = Preset(
        name: "face-128", summary: "faces of 128 x 128, 200 latents (Raschka 2021)",
        model: faces(size: 128, latents: 200, dropout: [.dropout2D(probability: 0.25)]),
        objective: Objective(likelihood: .squaredError))

    /// Four halvings to 64 channels and four doublings back. The transposed convolutions end one pixel too large, which the
    /// last one trims.
    private static func faces(size: Int, latents: Int, dropout: [Layer]) -> ModelDescription {
        let smallest = size / 16
        let normalised: [Layer] = [.batchNormalization(), .leakyReLU(slope: 0.1)] + dropout
        return ModelDescription(
            images: ImageDescription(channels: 3, height: size, width: size),
            encoder: [32, 64, 64, 64].flatMap { [halving(filters: $0)] + normalised } + [.flatten],
            latents: latents,
            decoder: [.linear(units: 64 * smallest * smallest), .reshape(64, smallest, smallest)]
                + [doubling(filters: 64, padding: 0)] + normalised + [doubling(filters: 64, padding: 1)] + normalised
                + [doubling(filters: 32, padding: 1)] + normalised + [
                    .transposedConvolution(filters: 3, window: 3, stride: 2, padding: 1, trim: 1), .sigmoid,
                ])
    }

    private static func halving(filters: Int) -> Layer {
        .convolution(filters: filters, window: 3, stride: 2, padding: 1, bias: false)
    }

    private static func doubling(filters: Int, padding: Int) -> Layer {
        .transposedConvolution(filters: filters, window: 3, stride: 2, padding: padding)
    }
}
