import Tensors

extension VariationalAutoencoder {
    /// What one pass of images through both networks gives.
    struct Pass {
        let terms: Terms
        /// The microbatch's means and unbiased variances, in the order of the statistics' table.
        let batchStatistics: [(name: String, tensor: Tensor)]
    }

    /// The posterior of pixels (B, C, H, W) that are prepared already.
    func encode(_ pixels: Tensor, _ mode: Mode) -> (
        posterior: DiagonalGaussian, statistics: [(name: String, tensor: Tensor)]
    ) {
        let (features, statistics) = encoder.apply(to: pixels, mode)
        let posterior = DiagonalGaussian(
            mean: PosteriorHead.mean.apply(to: features, latents: description.latents),
            logVariance: PosteriorHead.logVariance.apply(to: features, latents: description.latents))
        return (posterior, statistics)
    }

    /// Both terms of the negative ELBO, with one sample of z for each image.
    func pass(_ pixels: Tensor, _ mode: Mode) -> Pass {
        let x = description.images.prepared(pixels)
        let (posterior, encoderStatistics) = encode(x, mode)
        let z = posterior.sample(.normal(posterior.mean.shape, key: NoiseKey.latents))
        let (decoded, decoderStatistics) = decoder.apply(to: z, mode)
        let terms = Terms(
            reconstruction: objective.likelihood.negativeLogLikelihood(of: x, decoded: decoded),
            divergence: posterior.divergenceFromStandardNormal)
        return Pass(terms: terms, batchStatistics: encoderStatistics + decoderStatistics)
    }

    /// The mean image (B, C, H, W) of each z (B, latents).
    func decode(_ z: Tensor) -> Tensor {
        objective.likelihood.mean(decoded: decoder.apply(to: z, .inference).result)
    }
}
