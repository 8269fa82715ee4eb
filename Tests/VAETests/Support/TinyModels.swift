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
