import VAE

/// A model of the layers that no preset has: blocks, pooling, normalisation by groups, smooth activations.
///
/// `blocks` in `scripts/reference/training_step.py` is the same.
enum BlockModel {
    static let description = ModelDescription(
        images: ImageDescription(channels: 2, height: 13, width: 12),
        encoder: [
            .convolution(filters: 8, window: 3, padding: 1), .groupNormalization(groups: 4), .silu,
            .maxPooling(window: 2),
            .residual(
                .convolution(filters: 8, window: 3, padding: 1), .elu, .dropout2D(probability: 0.25),
                .convolution(filters: 12, window: 3, stride: 2, padding: 1)),
            .residual(.batchNormalization(), .leakyReLU(slope: 0.1), .convolution(filters: 12, window: 3, padding: 1)),
            .averagePooling(window: 3), .flatten, .residual(.linear(units: 16), .silu),
        ],
        latents: 5,
        decoder: [
            .linear(units: 72), .reshape(8, 3, 3), .upsampling(factor: 2),
            .residual(
                .residual(.convolution(filters: 8, window: 3, padding: 1), .silu), .groupNormalization(groups: 8)),
            .upsampling(factor: 2), .convolution(filters: 2, window: 3, padding: 1),
            .transposedConvolution(filters: 2, window: 2, trim: Trim(rows: 0, columns: 1)), .sigmoid,
        ])
}
