import Tensors

extension VariationalAutoencoder {
    /// Names of the evidence graph's inputs and outputs.
    public enum Evidence {
        /// Which of the samples count, (K): 1, or 0 for what fills a pass up.
        public static let counted = "counted"
        /// The number of samples of all passes, a scalar.
        public static let samples = "samples"
        /// What one pass hands to the next: the logarithm of the greatest weight, and the sums of weights and of their squares, (B) each.
        public static let running = ["greatest", "sum", "squares"]
        /// `running` before the first pass.
        public static let start: [Float] = [WeightSums.logOfNothing, 0, 0]
        /// −ln p(x) as estimated so far, (B), in nats.
        public static let negativeLogLikelihood = "nll"
        /// (Σ w)² / Σ w² of all samples so far, (B).
        public static let effectiveSampleSize = "effective sample size"
    }

    /// One pass of an estimate of −ln p(x) = −ln E[w] by the mean of many weights w, with K of each example's samples.
    ///
    /// Inputs: `pixels` (B, C, H, W) as the model sees them, and what `Evidence` names. Outputs: `Evidence.running`, to go into the next
    /// pass, and both results. Noise has B · K rows, row r for sample r mod K of example r / K, each with keys of its own: so the samples
    /// can go on from pass to pass. The estimate is the importance-weighted bound of all samples.
    ///
    /// Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, equation 8.
    /// - Throws: `DescriptionError` where images have no likelihood.
    public func evidenceGraph(
        examples: Int, samples: Int, _ proposal: EvidenceProposal
    ) throws(DescriptionError) -> Graph {
        if case .deterministic = description.latents {
            throw DescriptionError(
                path: "latents",
                problem: "are a deterministic code, which has no prior, so images have no likelihood under this model")
        }
        if isConditional {
            throw DescriptionError(
                path: "objective/estimator",
                problem: "is of images given labels, so there is no p(x) of an image alone")
        }
        if proposal == .prior, !description.latents.havePrior {
            throw DescriptionError(
                path: "latents", problem: "have no prior apart from their posterior: take samples of that (importance)")
        }
        let x = Tensor.input(Self.pixels, description.images.shape(of: examples))
        let counted = Tensor.input(Evidence.counted, [samples])
        let known = Evidence.running.map { Tensor.input($0, [examples]) }
        let total = Tensor.input(Evidence.samples, [])
        let logWeights = self.logWeights(of: x, samples: samples, proposal)
        let sums = WeightSums(greatest: known[0], sum: known[1], squares: known[2]).adding(
            select(
                counted.broadcast(to: logWeights.shape), logWeights,
                .constant(WeightSums.logOfNothing, logWeights.shape)))
        let running = zip(Evidence.running, known).map { (name: $0, shape: $1.shape) }
        let next = zip(Evidence.running, [sums.greatest, sums.sum, sums.squares]).map { (name: $0, tensor: $1) }
        let given = [
            (name: Self.pixels, shape: x.shape), (Evidence.counted, counted.shape), (Evidence.samples, total.shape),
        ]
        let results = [
            (name: Evidence.negativeLogLikelihood, tensor: log(total) - sums.logSum),
            (Evidence.effectiveSampleSize, sums.effectiveSampleSize),
        ]
        return graph(inputs: given + running, outputs: next + results)
    }

    /// ln w of each sample, (B, K).
    private func logWeights(of x: Tensor, samples: Int, _ proposal: EvidenceProposal) -> Tensor {
        var scope = inferenceScope(examples: x.shape[0] * samples)
        let logWeights: Tensor
        switch proposal {
        case .importance:
            let q = scope.posterior(of: x).repeated(samples)
            let z = q.sample(in: &scope)
            let logLikelihood = scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
            logWeights = logLikelihood + q.priorLogDensity(of: z) - q.logDensity(of: z)
        case .prior:
            guard let z = scope.priorSample(rows: x.shape[0] * samples) else {
                preconditionFailure("latents without a prior were refused before")
            }
            logWeights = scope.likelihood(of: z).logDensity(of: x.repeatedRows(samples))
        }
        return logWeights.bySample(samples)
    }
}
