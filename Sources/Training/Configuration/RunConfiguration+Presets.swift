import VAE

extension RunConfiguration {
    /// The names that `preset(_:)` knows.
    public static let presetNames = Preset.all.map(\.name)

    /// A whole configuration, to be used as it is or copied and changed, or nil for an unknown name.
    public static func preset(_ name: String) -> RunConfiguration? {
        guard let preset = Preset.named(name) else { return nil }
        return [Preset.mlp: mlp, .face64: face64][preset] ?? raschka(preset)
    }

    /// Batches of 256, Adam with a rate of 10⁻³, and the gradients of encoder and decoder clipped to 5 each; 30 epochs.
    private static let mlp = RunConfiguration(
        model: Preset.mlp.model, objective: Preset.mlp.objective, learningRate: LearningRateSchedule(base: 1e-3),
        clipping: [
            ClippingGroup(parameters: ["encoder/"], maximumNorm: 5),
            ClippingGroup(parameters: ["decoder/"], maximumNorm: 5),
        ], shards: 8, microbatch: 32, epochs: 30)

    /// Smaller batches and a higher rate than `face-128`, so that a first training shows faces within minutes; 50 epochs.
    private static let face64 = RunConfiguration(
        model: Preset.face64.model, objective: Preset.face64.objective, learningRate: LearningRateSchedule(base: 1e-3),
        shards: 8, microbatch: 16, epochs: 50)

    /// Batches of 256, Adam with a rate of 5·10⁻⁴; 50 epochs.
    ///
    /// Source: Raschka, STAT 453 (2021), lecture 17, notebooks 1 and 2.
    private static func raschka(_ preset: Preset) -> RunConfiguration {
        RunConfiguration(
            model: preset.model, objective: preset.objective, learningRate: LearningRateSchedule(base: 5e-4), shards: 8,
            microbatch: 32, epochs: 50)
    }
}
