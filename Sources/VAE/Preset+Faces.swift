// Variants of the networks for faces.
extension Preset {
    /// `face-128` with a decoder that repeats pixels and slides windows over them, where that has transposed convolutions.
    ///
    /// Source: Raschka, STAT 453 (2021), lecture 17, notebook 3.
    public static let face128Upsampling = Preset(
        name: "face-128-upsampling",
        summary: "face-128 with a decoder that repeats pixels, in place of transposed convolutions (Raschka 2021)",
        model: ModelDescription(
            images: face128.model.images, encoder: face128.model.encoder, latents: 200,
            decoder: [.linear(units: 4096), .reshape(64, 8, 8)]
                + [64, 64, 32].flatMap { filters -> [Layer] in
                    doubling(filters: filters) + [
                        .batchNormalization(), .leakyReLU(slope: 0.1), .dropout2D(probability: 0.25),
                    ]
                } + doubling(filters: 3) + [.sigmoid]),
        objective: Objective(likelihood: .squaredError))

    private static func doubling(filters: Int) -> [Layer] {
        [.upsampling(factor: 2), .convolution(filters: filters, window: 3, padding: 1)]
    }

    /// `face-64` with 32 latents, whose divergence counts four times: fewer latents are used, and each for more of what varies by itself.
    ///
    /// Source: Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR 2017.
    public static let betaFace64 = Preset(
        name: "beta-face-64",
        summary: "face-64 with 32 latents and a divergence that counts four times (Higgins et al. 2017)",
        model: ModelDescription(
            images: face64.model.images, encoder: face64.model.encoder, latents: 32, decoder: face64.model.decoder),
        objective: face64.objective)
}
