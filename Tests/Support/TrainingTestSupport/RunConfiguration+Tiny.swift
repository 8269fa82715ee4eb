import Training
import VAE

extension RunConfiguration {
    /// A few dozen parameters with everything in it: batch normalisation, dropout, clipping, schedules.
    public static let tiny = RunConfiguration(
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 4, width: 4),
            encoder: [
                .convolution(filters: 2, window: 3, stride: 2, padding: 1, bias: false), .batchNormalization(),
                .leakyReLU(slope: 0.1), .dropout2D(probability: 0.25), .flatten,
            ], latents: 2, decoder: [.linear(units: 16), .reshape(1, 4, 4), .sigmoid]),
        objective: Objective(likelihood: .squaredError),
        divergenceWeight: .linear(from: 0.5, to: 1, epochs: 2),
        learningRate: LearningRateSchedule(base: 1e-2, warmUpEpochs: 0.5, decay: .exponential(factor: 0.9)),
        clipping: [ClippingGroup(parameters: ["encoder/"], maximumNorm: 0.5)], shards: 4, microbatch: 3, seed: 5,
        epochs: 2)
}
