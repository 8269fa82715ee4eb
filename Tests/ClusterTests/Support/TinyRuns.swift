import Training
import TrainingTestSupport
import VAE

extension RunConfiguration {
    /// The tiny configuration over eight shards, so that three workers have unlike shares.
    static let tinyConvolutions = {
        var configuration = tiny
        configuration.shards = 8
        return configuration
    }()

    /// Two linear layers.
    static let tinyLinear = RunConfiguration(
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 4, width: 4),
            encoder: [.flatten, .linear(units: 8), .relu], latents: 2,
            decoder: [.linear(units: 16), .reshape(1, 4, 4), .sigmoid]),
        objective: Objective(likelihood: .squaredError), learningRate: LearningRateSchedule(base: 1e-2), shards: 4,
        microbatch: 4, seed: 9, epochs: 2)
}
