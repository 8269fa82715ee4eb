import VAE

/// How a family of latents is written for others: what the posterior is made of, where z of the prior comes from, and what the decoder takes.
///
/// A new family is a form of its own in this folder, and a line in `Latents.form`, without which nothing compiles.
protocol LatentForm {
    /// Adds the nodes that make, of the encoder's features, what describes the posterior: `mean` first. Each is (batch, Z).
    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]

    /// The same for PyTorch: of the features `h`.
    var posterior: PythonBody { get }

    /// The names of what describes the posterior.
    var outputs: [String] { get }

    /// What `encode` returns, in words.
    var description: String { get }

    /// `count` draws of z from the prior, for PyTorch; nil where there is no prior.
    var prior: PythonBody? { get }

    /// Adds the nodes that make of z (batch, Z) what the decoder takes.
    func decoderInput(of z: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value

    /// The same for PyTorch: an expression of `z`.
    var decoderInput: String { get }
}

extension LatentForm {
    var outputs: [String] { ["mean"] }
    func decoderInput(of z: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value { z }
    var decoderInput: String { "z" }
}

extension Latents {
    /// How the family is written for others.
    var form: any LatentForm {
        switch self {
        case .gaussian(let count): GaussianForm(count: count)
        case .spatial(let latents): SpatialForm(latents: latents)
        case .bernoulli(let count): BernoulliForm(count: count)
        case .categorical(let latents): CategoriesForm(latents: latents)
        case .deterministic(let count): CodeForm(count: count)
        case .beliefNetwork(let units): LayersOfBitsForm(units: units, isBeliefNetwork: true)
        case .stochasticLayers(let units): LayersOfBitsForm(units: units, isBeliefNetwork: false)
        }
    }
}
