import Randomness
import Tensors

/// A sigmoid belief network: layers of bits above the image, z₁ nearest to it, each drawn from the one above:
///
///     p(x, z) = p(x|z₁) p(z₁|z₂) … p(z_L),  q(z|x) = q(z₁|x) q(z₂|z₁) …,
///
/// with linear layers between. The topmost bits' probabilities are learned. The decoder is p(x|z₁).
///
/// Source: Mnih and Gregor, "Neural variational inference and learning in belief networks", ICML 2014, section 3.
struct BeliefNetwork: LatentFamily {
    /// The bits of each layer, nearest to the image first.
    let units: [Int]

    var count: Int { units.reduce(0, +) }
    var areReparameterised: Bool { false }
    var hasLearnedPrior: Bool { true }
    var decoderInput: Shape { [units[0]] }

    func decoderInput(of z: Tensor) -> Tensor { LayersOfBits.layer(0, of: z, units) }

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        let layers = scope.layersOfBits(units, of: features)
        return BeliefPosterior(layers: layers, prior: prior(in: &scope))
    }

    private func prior(in scope: inout Scope) -> BeliefPrior {
        let below = units.indices.dropLast().map { index in
            scope.linearMap("decoder/prior_\(index + 1)", from: units[index + 1], to: units[index])
        }
        let top = scope.parameter("decoder/prior_\(units.count)/bias", [units.last!], startingAt: 0)
        return BeliefPrior(top: top, below: below, units: units)
    }

    /// Uniform numbers; a bit is 1 where its own lies below its probability.
    func draw(_ stream: RandomStream) -> [Float] { (0..<count).map { Float(stream.uniform($0)) } }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? {
        latents(ofDraw: scope.noise(.uniform, [rows, count]), in: &scope)
    }

    func latents(ofDraw draw: Tensor, in scope: inout Scope) -> Tensor { prior(in: &scope).latents(ofUniforms: draw) }
}

/// p(z) = p(z₁|z₂) … p(z_L).
struct BeliefPrior: Sendable {
    /// The logits of the topmost layer.
    let top: Tensor
    /// The logits of each other layer, nearest to the image first, of the layer above it.
    let below: [LinearMap]
    let units: [Int]

    /// The distribution of a layer's bits, given those of the layer above it.
    private func layer(_ index: Int, below above: Tensor?, rows: Int) -> Bernoulli {
        guard let above else { return Bernoulli(logits: top.broadcast(to: [rows, units[index]])) }
        return Bernoulli(logits: below[index].apply(to: above))
    }

    func logDensity(of z: Tensor) -> Tensor {
        let layers = units.indices.map { LayersOfBits.layer($0, of: z, units) }
        let terms = layers.indices.map { index in
            let above = index + 1 < layers.count ? layers[index + 1] : nil
            return layer(index, below: above, rows: z.shape[0]).logDensity(of: layers[index])
        }
        return terms.dropFirst().reduce(terms[0], +)
    }

    func latents(ofUniforms draw: Tensor) -> Tensor {
        var layers: [Tensor] = []
        for index in units.indices.reversed() {
            let probability = layer(index, below: layers.first, rows: draw.shape[0]).mean
            layers.insert(step(probability - LayersOfBits.layer(index, of: draw, units)), at: 0)
        }
        return .concatenate(layers, axis: 1)
    }
}

/// q(z|x) of a sigmoid belief network.
struct BeliefPosterior: LatentDistribution {
    let layers: LayersOfBits
    let prior: BeliefPrior

    /// The layers' probabilities, each of the probabilities before it.
    var mean: Tensor { layers.rows(\.mean) }
    var mostProbable: Tensor { layers.rows(\.mostProbable) }

    func sample(in scope: inout Scope) -> Tensor { layers.rows { $0.sample(in: &scope) } }
    func logDensity(of z: Tensor) -> Tensor { layers.logDensity(of: z) }
    func priorLogDensity(of z: Tensor) -> Tensor { prior.logDensity(of: z) }

    /// There is no closed form: z₁ depends on z₂ under p and z₂ on z₁ under q.
    var divergenceByDimension: Tensor? { nil }

    func repeated(_ count: Int) -> BeliefPosterior { BeliefPosterior(layers: layers.repeated(count), prior: prior) }

    func withoutGradient() -> BeliefPosterior { BeliefPosterior(layers: layers.withoutGradient(), prior: prior) }

    var description: [(name: String, tensor: Tensor)] { [("mean", mean)] }
}
