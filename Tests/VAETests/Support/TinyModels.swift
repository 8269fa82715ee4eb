import Tensors

@testable import VAE

/// Models with every kind of layer, small enough for the interpreter.
enum TinyModels {
    /// 6 × 5 pixels, both convolutions, normalisation, dropout of both kinds, upsampling and a trim.
    static let convolutional = ModelDescription(
        images: ImageDescription(channels: 2, height: 6, width: 5),
        encoder: [
            .convolution(filters: 3, window: 3, stride: 2, padding: 1, bias: false), .batchNormalization(epsilon: 1e-2),
            .leakyReLU(slope: 0.1), .dropout2D(probability: 0.25), .flatten, .linear(units: 5), .tanh,
            .dropout(probability: 0.1),
        ],
        latents: 2,
        decoder: [
            .linear(units: 6), .batchNormalization(epsilon: 1e-2), .softplus, .reshape(3, 2, 1), .upsampling(factor: 2),
            .transposedConvolution(filters: 2, window: 3, stride: 2, padding: 1, trim: 1),
            .transposedConvolution(filters: 2, window: 2), .convolution(filters: 2, window: 2, padding: 1),
            .convolution(filters: 2, window: 3), .reshape(24), .linear(units: 60), .reshape(2, 6, 5), .sigmoid,
        ])

    /// Blocks within blocks, with and without projections, normalisation by groups, and both kinds of pooling.
    static let blocks = ModelDescription(
        images: ImageDescription(channels: 2, height: 5, width: 4),
        encoder: [
            .convolution(filters: 4, window: 3, padding: 1), .groupNormalization(groups: 2, epsilon: 1e-2), .silu,
            .maxPooling(window: 2),
            .residual(
                .convolution(filters: 3, window: 3, stride: 2, padding: 1), .elu, .dropout2D(probability: 0.25),
                .residual(.batchNormalization(epsilon: 1e-2), .dropout(probability: 0.25))),
            .averagePooling(window: 1), .flatten, .residual(.linear(units: 5), .tanh), .dropout(probability: 0.1),
        ],
        latents: 2,
        decoder: [
            .residual(.linear(units: 4), .silu), .residual(.residual(.linear(units: 4))), .reshape(1, 2, 2),
            .upsampling(factor: 2), .residual(.convolution(filters: 2, window: 3, padding: 1)),
            .transposedConvolution(filters: 2, window: 2, trim: Trim(rows: 0, columns: 1)), .sigmoid,
        ])

    static let linear = ModelDescription(
        images: ImageDescription(channels: 1, height: 2, width: 3, binarize: 0.5),
        encoder: [.flatten, .linear(units: 4), .relu], latents: 2,
        decoder: [.linear(units: 4), .relu, .linear(units: 6), .reshape(1, 2, 3)])

    /// Latents that keep their places: two channels of 1 × 2.
    static let spatial = ModelDescription(
        images: ImageDescription(channels: 1, height: 2, width: 4, binarize: 0.5),
        encoder: [.convolution(filters: 3, window: 2, stride: 2), .tanh],
        latents: .spatial(SpatialLatents(channels: 2, height: 1, width: 2)),
        decoder: [.transposedConvolution(filters: 1, window: 2, stride: 2)])

    static func linear(seeing images: ImageDescription) -> ModelDescription {
        var model = linear
        model.images = images
        return model
    }

    static func keys(_ count: Int) -> NoiseKeys {
        NoiseKeys(seed: 3, passes: Array(repeating: 1, count: count), examples: (0..<count).map(UInt32.init))
    }
}
