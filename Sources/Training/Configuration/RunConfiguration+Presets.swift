import VAE

extension RunConfiguration {
    /// The names that `preset(_:)` knows.
    public static let presetNames = Preset.all.map(\.name)

    /// A whole configuration, to be used as it is or copied and changed, or nil for an unknown name.
    public static func preset(_ name: String) -> RunConfiguration? {
        guard let preset = Preset.named(name) else { return nil }
        switch preset {
        case .face64: return face64(preset)
        case .betaFace64: return face64(preset, divergenceWeight: 4)
        case .mnist, .face128, .face128Upsampling: return raschka(preset)
        case .iwae: return iwae
        case .conditional, .m1: return digits(preset)
        case .m2:
            // While the divergence costs much, the latents say little and the decoder has to use the label.
            return digits(preset, labels: .hundred, divergenceWeight: .linear(from: 5, to: 1, epochs: 8))
        case .stacked, .predictionConstrained, .consistent: return digits(preset, labels: .hundred)
        default: return mlp(preset)
        }
    }

    /// Batches of 256, Adam with a rate of 10⁻³, and the gradients of encoder and decoder clipped to 5 each; 30 epochs.
    private static func mlp(_ preset: Preset) -> RunConfiguration {
        RunConfiguration(
            model: preset.model, objective: preset.objective,
            temperature: [.mlpGumbel, .sbn].contains(preset) ? .constant(0.67) : nil,
            learningRate: LearningRateSchedule(base: 1e-3),
            clipping: [
                ClippingGroup(parameters: ["encoder/"], maximumNorm: 5),
                ClippingGroup(parameters: ["decoder/"], maximumNorm: 5),
            ], shards: 8, microbatch: 32, epochs: 30)
    }

    /// Batches of 256, Adam with a rate of 10⁻³; 30 epochs.
    private static func digits(
        _ preset: Preset, labels: LabelSelection? = nil, divergenceWeight: ScalarSchedule = .constant(1)
    ) -> RunConfiguration {
        RunConfiguration(
            model: preset.model, objective: preset.objective, divergenceWeight: divergenceWeight,
            learningRate: LearningRateSchedule(base: 1e-3), shards: 8, microbatch: 32, epochs: 30, labels: labels)
    }

    /// Batches of 20 in the source, 128 here; Adam with an epsilon of 10⁻⁴ and a rate of 10⁻³, as it begins there; 30 epochs.
    private static let iwae = RunConfiguration(
        model: Preset.iwae.model, objective: Preset.iwae.objective, optimizer: .adam(Adam(epsilon: 1e-4)),
        learningRate: LearningRateSchedule(base: 1e-3), shards: 8, microbatch: 16, epochs: 30)

    /// Smaller batches and a higher rate than `face-128`, so that a first training shows faces within minutes; 50 epochs.
    private static func face64(_ preset: Preset, divergenceWeight: Double = 1) -> RunConfiguration {
        RunConfiguration(
            model: preset.model, objective: preset.objective, divergenceWeight: .constant(divergenceWeight),
            learningRate: LearningRateSchedule(base: 1e-3), shards: 8, microbatch: 16, epochs: 50)
    }

    /// Batches of 256, Adam with a rate of 5·10⁻⁴; 50 epochs.
    ///
    /// Source: Raschka, STAT 453 (2021), lecture 17, notebooks 1, 2 and 3.
    private static func raschka(_ preset: Preset) -> RunConfiguration {
        RunConfiguration(
            model: preset.model, objective: preset.objective, learningRate: LearningRateSchedule(base: 5e-4), shards: 8,
            microbatch: 32, epochs: 50)
    }
}

extension LabelSelection {
    /// A hundred labelled images, four in each microbatch.
    fileprivate static let hundred = LabelSelection(labelled: 100, perMicrobatch: 4)
}
