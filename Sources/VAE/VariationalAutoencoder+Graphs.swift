import Tensors

// Names of the graphs' inputs and outputs that do not depend on the model.
extension VariationalAutoencoder {
    /// Images (B, C, H, W) in 0…1.
    public static let pixels = "pixels"
    /// β, a scalar.
    public static let divergenceWeight = "divergence weight"
    /// How much each example counts, (B): 1, or 0 for padding.
    public static let weights = "weights"
    /// z, (B, latents).
    public static let latents = "latents"
    public static let mean = "mean"
    public static let logVariance = "log_variance"
    /// Sums over examples, scalars.
    public static let reconstruction = "metrics/reconstruction"
    public static let divergence = "metrics/divergence"
    public static let examples = "metrics/examples"
}

extension VariationalAutoencoder {
    /// One microbatch's part of a step.
    ///
    /// Inputs: `pixels` and `divergence weight`. Outputs, in this order:
    /// - `gradient/…` for each parameter in the order of their table: of the sum over the examples of
    ///   α · reconstruction + β · divergence;
    /// - `statistics/…` for each running statistic in the order of theirs: the microbatch's mean or unbiased variance;
    /// - `metrics/reconstruction` and `metrics/divergence`: sums over the examples, without α and β, in nats.
    public func trainingGraph(microbatch: Int) throws(DescriptionError) -> Graph {
        try requireVariance(microbatch)
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: microbatch))
        let pass = pass(pixels, .training)
        let beta = Tensor.input(Self.divergenceWeight, [])
        let loss = objective.loss(pass.terms, divergenceWeight: beta).sum()
        let trained = parameters.slices.map { Tensor.parameter($0.name, $0.shape) }
        let gradient = gradients(of: loss, withRespectTo: trained)
        return Graph(
            parameters: parameters, statistics: statistics,
            inputs: SliceTable([(Self.pixels, pixels.shape), (Self.divergenceWeight, beta.shape)]),
            outputs: zip(parameters.slices, gradient).map { ("gradient/\($0.name)", $1) }
                + pass.batchStatistics.map { ("statistics/\($0.name)", $0.tensor) } + sums(pass.terms))
    }

    /// The terms of held-out images in inference mode, z sampled with keyed noise.
    ///
    /// Inputs: `pixels` and `weights`. Outputs: the weighted sums `metrics/reconstruction` and `metrics/divergence` in nats, and
    /// the sum of weights `metrics/examples`.
    public func evaluationGraph(microbatch: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: microbatch))
        let weights = Tensor.input(Self.weights, [microbatch])
        let terms = pass(pixels, .inference).terms
        let weighted = Terms(reconstruction: weights * terms.reconstruction, divergence: weights * terms.divergence)
        return graph(
            inputs: [(Self.pixels, pixels.shape), (Self.weights, weights.shape)],
            outputs: sums(weighted) + [(Self.examples, weights.sum())])
    }

    /// Images through the encoder, the posterior's mean and the decoder, in inference mode: `pixels` to `pixels`.
    public func reconstructionGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        let posterior = encode(description.images.prepared(pixels), .inference).posterior
        return graph(inputs: [(Self.pixels, pixels.shape)], outputs: [(Self.pixels, decode(posterior.mean))])
    }

    /// The mean images of given latents, in inference mode: `latents` to `pixels`.
    public func samplingGraph(count: Int) -> Graph {
        let latents = Tensor.input(Self.latents, [count, description.latents])
        return graph(inputs: [(Self.latents, latents.shape)], outputs: [(Self.pixels, decode(latents))])
    }

    /// The posteriors of images, in inference mode: `pixels` to `mean` and `log_variance`, (B, latents) each.
    public func encodingGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        let posterior = encode(description.images.prepared(pixels), .inference).posterior
        return graph(
            inputs: [(Self.pixels, pixels.shape)],
            outputs: [(Self.mean, posterior.mean), (Self.logVariance, posterior.logVariance)])
    }

    private func graph(inputs: [(name: String, shape: Shape)], outputs: [(name: String, tensor: Tensor)]) -> Graph {
        Graph(parameters: parameters, statistics: statistics, inputs: SliceTable(inputs), outputs: outputs)
    }

    private func sums(_ terms: Terms) -> [(name: String, tensor: Tensor)] {
        [(Self.reconstruction, terms.reconstruction.sum()), (Self.divergence, terms.divergence.sum())]
    }

    private func requireVariance(_ microbatch: Int) throws(DescriptionError) {
        let path =
            encoder.layerWithoutVariance(microbatch: microbatch)
            ?? decoder.layerWithoutVariance(microbatch: microbatch)
        guard let path else { return }
        throw DescriptionError(
            path: path,
            problem: "normalises one value a channel in a microbatch of \(microbatch), which has no variance: "
                + "make the microbatch larger")
    }
}
