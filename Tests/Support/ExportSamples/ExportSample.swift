// ExportSamples: models of every kind, for tests of exports and the check against other programs.

import Training
import VAE

/// A model that is trained for a few steps and exported: all presets, and small ones for what no preset has.
public struct ExportSample: Sendable {
    public let name: String
    public let configuration: RunConfiguration

    public static let all = layers + likelihoods + latents + presets

    /// As many as every change is checked with.
    public static let few = layers + likelihoods + latents + presets.filter { ["mnist", "m2"].contains($0.name) }

    private init(_ name: String, _ model: ModelDescription, _ objective: Objective) {
        self.name = name
        configuration = RunConfiguration(
            model: model, objective: objective, learningRate: LearningRateSchedule(base: 1e-2), shards: 2,
            microbatch: 4, epochs: 1)
    }

    private init(preset: String) {
        name = preset
        var configuration = RunConfiguration.preset(preset)!
        (configuration.shards, configuration.microbatch) = (2, 4)
        if configuration.labels != nil { configuration.labels = LabelSelection(labelled: 10, perMicrobatch: 1) }
        self.configuration = configuration
    }

    private static let presets = RunConfiguration.presetNames.map { ExportSample(preset: $0) }
}

extension ExportSample {
    /// Every kind of layer, with every setting that is not its default.
    private static let layers = [
        ExportSample(
            "layers",
            ModelDescription(
                images: ImageDescription(channels: 3, height: 13, width: 12),
                encoder: [
                    .convolution(filters: 6, window: 3, padding: 1), .batchNormalization(epsilon: 1e-3), .silu,
                    .residual(
                        .convolution(filters: 8, window: 3, stride: 2, padding: 1, bias: false),
                        .groupNormalization(groups: 2), .relu, .residual(.tanh, .dropout2D(probability: 0.1))),
                    .residual(.convolution(filters: 8, window: 3, padding: 1), .batchNormalization(), .elu),
                    .dropout2D(probability: 0.25), .averagePooling(window: 2), .maxPooling(window: 2), .flatten,
                    .residual(.linear(units: 10), .softplus), .linear(units: 12, bias: false), .batchNormalization(),
                    .groupNormalization(groups: 3, epsilon: 1e-4), .dropout(probability: 0.1), .tanh,
                ], latents: .gaussian(5),
                decoder: [
                    .linear(units: 36), .leakyReLU(slope: 0.2), .reshape(4, 3, 3), .upsampling(factor: 2),
                    .convolution(filters: 8, window: 3, padding: 1), .groupNormalization(groups: 8),
                    .leakyReLU(slope: 0.01),
                    .transposedConvolution(filters: 6, window: 4, stride: 2, padding: 1, trim: 1, bias: false), .relu,
                    .reshape(6, 121), .reshape(726), .reshape(6, 11, 11),
                    .transposedConvolution(filters: 3, window: 4, padding: 0, trim: Trim(rows: 1, columns: 2)),
                    .sigmoid,
                ]),
            Objective(likelihood: .squaredError))
    ]

    private static let likelihoods = [
        ("continuous-bernoulli", 1, Likelihood.continuousBernoulli),
        ("gaussian-fixed", 1, .gaussian(variance: .fixed(0.1))),
        ("gaussian-shared", 1, .gaussian(variance: .shared)), ("gaussian-pixels", 2, .gaussian(variance: .perPixel)),
        ("gaussian-optimal", 1, .gaussian(variance: .optimal)), ("discretized-logistic", 2, .discretizedLogistic),
        ("categorical-pixels", 256, .categorical),
    ].map { name, planes, likelihood in
        ExportSample(
            name, small(latents: .gaussian(3), planes: planes, channels: 3), Objective(likelihood: likelihood))
    }

    private static let latents = [
        ExportSample(
            "categories", small(latents: .categorical(.init(variables: 3, classes: 4))),
            Objective(
                likelihood: .bernoulli, estimator: .scoreFunction(ScoreFunction(samples: 1, baseline: .runningMean)))),
        ExportSample(
            "belief-network-3", small(latents: .beliefNetwork([6, 5, 4])),
            Objective(
                likelihood: .bernoulli, estimator: .scoreFunction(ScoreFunction(samples: 2, baseline: .leaveOneOut)))),
    ]

    private static func small(latents: Latents, planes: Int = 1, channels: Int = 1) -> ModelDescription {
        ModelDescription(
            images: ImageDescription(channels: channels, height: 4, width: 4, binarize: channels == 1 ? 0.5 : nil),
            encoder: [.flatten, .linear(units: 8), .relu], latents: latents,
            decoder: [
                .linear(units: 8), .relu, .linear(units: planes * channels * 16), .reshape(planes * channels, 4, 4),
            ])
    }
}
