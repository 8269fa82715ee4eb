import Randomness
import Tensors

/// A stochastic feedforward network: layers of bits between what is given and what is predicted, each drawn from the one before.
///
///     p(y|x) = Σ_z p(z₁|x) p(z₂|z₁) … p(y|z_L)
///
/// The bits' prior and posterior are the same, so there is no divergence, and −ELBO is −E[ln p(y|z_L)]. It is for models that predict a
/// part of an image (`images: {predict: lower_half}`).
///
/// Source: Raiko et al., "Techniques for learning binary stochastic feedforward neural networks", ICLR 2015.
struct StochasticLayers: LatentFamily {
    /// The bits of each layer, the first drawn first.
    let units: [Int]

    var count: Int { units.reduce(0, +) }
    var areReparameterised: Bool { false }
    var decoderInput: Shape { [units.last!] }

    func decoderInput(of z: Tensor) -> Tensor { LayersOfBits.layer(units.count - 1, of: z, units) }

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        StochasticActivations(layers: scope.layersOfBits(units, of: features))
    }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? { nil }

    /// Without an image there are no probabilities; bits are drawn with ½.
    func draw(_ stream: RandomStream) -> [Float] { BernoulliLatents(count: count).draw(stream) }
}

/// p(z|x) of a stochastic feedforward network.
struct StochasticActivations: LatentDistribution {
    let layers: LayersOfBits

    /// The layers' probabilities, each of the probabilities before it.
    var mean: Tensor { layers.rows(\.mean) }
    var mostProbable: Tensor { layers.rows(\.mostProbable) }

    func sample(in scope: inout Scope) -> Tensor { layers.rows { $0.sample(in: &scope) } }
    func logDensity(of z: Tensor) -> Tensor { layers.logDensity(of: z) }
    func priorLogDensity(of z: Tensor) -> Tensor { layers.logDensity(of: z) }

    /// 0, since prior and posterior are one.
    var divergenceByDimension: Tensor? { .constant(0, [layers.first.logits.shape[0], layers.units.reduce(0, +)]) }

    func repeated(_ count: Int) -> StochasticActivations { StochasticActivations(layers: layers.repeated(count)) }

    func withoutGradient() -> StochasticActivations { StochasticActivations(layers: layers.withoutGradient()) }

    var description: [(name: String, tensor: Tensor)] { [("mean", mean)] }
}
