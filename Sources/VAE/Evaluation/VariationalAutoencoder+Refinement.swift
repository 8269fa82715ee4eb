import Tensors

extension VariationalAutoencoder {
    /// Names of the refinement graph's inputs and outputs.
    public enum Refinement {
        /// The posteriors' parameters, (B, Z) each; the encoder says where they start, under the same names.
        public static let posterior = ["mean", "log_variance"]
        /// (B), in nats.
        public static let negativeELBO = "negative ELBO"
    }

    /// −ELBO(x) = −E_q[ln p(x|z)] + KL(q ‖ p) of given posteriors q, whatever the encoder says, and its gradient.
    ///
    /// Inputs: `pixels` (B, C, H, W) as the model sees them, and `Refinement.posterior`. Outputs: `Refinement.negativeELBO`, the mean over L
    /// samples of z, and the gradient of each example's with respect to both parameters of its posterior. Noise has B · L rows, as in
    /// `evidenceGraph`.
    /// - Throws: `DescriptionError` for latents that are not normal.
    public func refinementGraph(examples: Int, samples: Int) throws(DescriptionError) -> Graph {
        guard case .gaussian(let latents) = description.latents else {
            throw DescriptionError(
                path: "latents",
                problem: "are \(description.latents.name), and a posterior can be refined only where they are gaussian")
        }
        if isConditional {
            throw DescriptionError(
                path: "objective/estimator", problem: "is of images given labels, whose posteriors cannot be refined")
        }
        let x = Tensor.input(Self.pixels, description.images.shape(of: examples))
        let parameters = Refinement.posterior.map { Tensor.input($0, [examples, latents]) }
        let q = DiagonalGaussian(mean: parameters[0], logVariance: parameters[1])
        var scope = inferenceScope(examples: examples * samples)
        let z = q.repeated(samples).sample(in: &scope)
        let logLikelihood = scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
        let negativeELBO = q.divergence(at: z, samples: samples) - logLikelihood.meanOverSamples(samples)
        let gradient = Tensors.gradients(of: negativeELBO.sum(), withRespectTo: parameters)
        let given = zip(Refinement.posterior, parameters).map { (name: $0, shape: $1.shape) }
        let gradients = zip(Refinement.posterior, gradient).map { (name: "gradient/\($0)", tensor: $1) }
        return graph(
            inputs: [(name: Self.pixels, shape: x.shape)] + given,
            outputs: [(name: Refinement.negativeELBO, tensor: negativeELBO)] + gradients)
    }
}
