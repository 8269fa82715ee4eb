import Tensors

// Names of the graphs' inputs and outputs that do not depend on the model.
extension VariationalAutoencoder {
    /// Images (B, C, H, W) in 0…1.
    public static let pixels = "pixels"
    /// How much each example counts, (B): 1, or 0 for padding.
    public static let weights = "weights"
    /// z, (B, latents); behind it the label, one-hot, where the decoder takes one.
    public static let latents = "latents"
    /// Numbers drawn on the host, of which latents of a learned prior are made, (B, latents).
    public static let draws = "draws"
    /// Labels, one-hot, (B, classes); zeros for an example without one.
    public static let labels = "labels"
    /// The name of a sum over examples.
    public static func metric(_ name: String) -> String { "metrics/\(name)" }
    /// The name of sums over examples, one for each number of z.
    public static func metric(_ measure: LatentMeasure) -> String { metric("latents/\(measure.rawValue)") }
    /// The number of examples that count.
    public static let examples = "metrics/examples"
}

extension VariationalAutoencoder {
    /// One microbatch's part of a step.
    ///
    /// Inputs: `pixels`, `labels` and `weights` where the objective reads them, and what is `scheduled`. Outputs, in this order:
    /// - `gradient/…` for each parameter in the order of their table: of the sum of the examples' losses;
    /// - `statistics/…` for each running statistic in the order of theirs: what the microbatch moves it towards;
    /// - `metrics/…`, sums over the examples, in nats: `reconstruction` and `divergence`, without α and β, and what else the objective
    ///   measures.
    public func trainingGraph(microbatch: Int) throws(DescriptionError) -> Graph {
        try requireVariance(microbatch)
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: microbatch))
        let x = description.images.prepared(pixels)
        var scope = Scope(.training, pixels: x, description, objective, encoder, decoder, classifier)
        let loss = objective.estimator.formula.loss(x, in: &scope)
        let gradient = loss.gradients(parameters)
        return graph(
            inputs: [(Self.pixels, pixels.shape)] + scope.labelInputs + scope.scheduled.map { ($0.rawValue, []) },
            outputs: zip(parameters.slices, gradient).map { ("gradient/\($0.name)", $1) }
                + scope.batchStatistics.map { ("statistics/\($0.name)", $0.tensor) } + sums(loss.metrics))
    }

    /// The terms of held-out images in inference mode, z sampled with keyed noise.
    ///
    /// Inputs: `pixels`, `weights`, and `labels` where the objective reads them. Outputs: the weighted sums `metrics/…` in nats, and the sum of
    /// weights `metrics/examples`; then for each of `measures` the weighted sums (Z) over the posteriors.
    public func evaluationGraph(microbatch: Int, _ measures: [LatentMeasure] = []) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: microbatch))
        let weights = Tensor.input(Self.weights, [microbatch])
        let x = description.images.prepared(pixels)
        var scope = inferenceScope(examples: microbatch)
        let metrics = objective.estimator.formula.loss(x, in: &scope).metrics
        let sumsOfLatents = measures.map { measure in
            let values = measure.values(judgedPosterior(of: x, in: &scope))
            return (Self.metric(measure), (weights.reshaped(to: [microbatch, 1]) * values).sum(axes: [0]))
        }
        return graph(
            inputs: [(Self.pixels, pixels.shape), (Self.weights, weights.shape)] + scope.labelInputs,
            outputs: sums(metrics.map { ($0.name, weights * $0.tensor) }) + [(Self.examples, weights.sum())]
                + sumsOfLatents)
    }

    /// Images through the encoder, the posterior's mean and the decoder, in inference mode: `pixels` to `pixels`.
    public func reconstructionGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        let x = description.images.prepared(pixels)
        var scope = inferenceScope(examples: count)
        return graph(
            inputs: [(Self.pixels, pixels.shape)], outputs: [(Self.pixels, reconstruction(of: x, in: &scope))])
    }

    /// The posterior whose divergence an evaluation reports: given labels, where the objective needs each.
    private func judgedPosterior(of x: Tensor, in scope: inout Scope) -> any LatentDistribution {
        objective.estimator.needsEveryLabel
            ? scope.posterior(of: x, given: scope.labels()) : posterior(of: x, in: &scope).posterior
    }

    /// Images (B, C, H, W) by the decoded means of their posteriors.
    func reconstruction(of x: Tensor, in scope: inout Scope) -> Tensor {
        let (posterior, label) = posterior(of: x, in: &scope)
        return wholeImages(scope.likelihood(of: posterior.mean, given: label).mean, below: x)
    }

    /// q(z|x); or q(z|x, y) for the most probable y, and that y, where the encoder takes labels.
    func posterior(of x: Tensor, in scope: inout Scope) -> (posterior: any LatentDistribution, label: Tensor?) {
        let label = label(of: x, in: &scope)
        return (scope.posterior(of: x, given: label), label)
    }

    /// The most probable class of images whose label nobody gives, one-hot, where encoder and decoder take one.
    private func label(of x: Tensor, in scope: inout Scope) -> Tensor? {
        guard isConditional else { return nil }
        return objective.estimator.formula.classLogits(of: x, in: &scope)?.argmaxOneHot(axis: 1)
    }

    /// The probabilities of the classes of images, in inference mode: `pixels` to `probabilities` (B, classes). Nil for an objective that
    /// tells no classes.
    public func classificationGraph(count: Int) -> Graph? {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        var scope = inferenceScope(examples: count)
        let x = description.images.prepared(pixels)
        return objective.estimator.formula.classLogits(of: x, in: &scope).map { logits in
            graph(
                inputs: [(Self.pixels, pixels.shape)], outputs: [("probabilities", logits.softmax(axis: 1))])
        }
    }

    /// How many numbers describe an image for the decoder: the latents, and the label where the decoder takes one.
    public var codeCount: Int { description.latents.count + (isConditional ? description.classes ?? 0 : 0) }

    /// The images of given latents, in inference mode: `latents` to `pixels`.
    public func samplingGraph(count: Int, _ value: PixelValue = .mean) -> Graph {
        let code = Tensor.input(Self.latents, [count, codeCount])
        var scope = inferenceScope(examples: count)
        let z = code.slice(axis: 1, 0..<description.latents.count)
        let y = isConditional ? code.slice(axis: 1, description.latents.count..<codeCount) : nil
        let image = wholeImages(value.pixels(of: scope.likelihood(of: z, given: y), in: &scope), below: nil)
        return graph(inputs: [(Self.latents, code.shape)], outputs: [(Self.pixels, image)])
    }

    /// The latents of a learned prior, of what `Latents.draw` gave: `draws` to `latents`. Nil where what was drawn is the latents.
    public func priorGraph(count: Int) -> Graph? {
        guard description.latents.family.hasLearnedPrior else { return nil }
        let draws = Tensor.input(Self.draws, [count, description.latents.count])
        var scope = inferenceScope(examples: count)
        return graph(
            inputs: [(Self.draws, draws.shape)], outputs: [(Self.latents, scope.latents(ofDraw: draws))])
    }

    private func wholeImages(_ means: Tensor, below x: Tensor?) -> Tensor {
        let shape = description.images.shape(of: means.shape[0])
        return description.images.prediction?.completed(means, into: shape, below: x) ?? means
    }

    /// The posteriors of images, in inference mode: `pixels` to `mean` and what else describes the family, as `log_variance` does of
    /// normal ones, (B, latents) each; and `label` (B, classes), the most probable one, where encoder and decoder take one.
    public func encodingGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        var scope = inferenceScope(examples: count)
        let x = description.images.prepared(pixels)
        let (posterior, label) = posterior(of: x, in: &scope)
        return graph(
            inputs: [(Self.pixels, pixels.shape)],
            outputs: posterior.description + (label.map { [("label", $0)] } ?? []))
    }

    func inferenceScope(examples: Int) -> Scope {
        Scope(.inference, examples: examples, pixels: nil, description, objective, encoder, decoder, classifier)
    }

    func graph(inputs: [(name: String, shape: Shape)], outputs: [(name: String, tensor: Tensor)]) -> Graph {
        Graph(parameters: parameters, statistics: statistics, inputs: SliceTable(inputs), outputs: outputs)
    }

    private func sums(_ metrics: [(name: String, tensor: Tensor)]) -> [(name: String, tensor: Tensor)] {
        metrics.map { (Self.metric($0.name), $0.tensor.sum()) }
    }

    private func requireVariance(_ microbatch: Int) throws(DescriptionError) {
        for network in [encoder, decoder, classifier].compactMap({ $0 }) {
            if let problem = network.problem(microbatch: microbatch) { throw problem }
        }
    }
}
