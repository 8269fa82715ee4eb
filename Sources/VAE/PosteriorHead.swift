import Tensors

/// The two linear layers at the end of the encoder, which say where the posterior is and how wide.
enum PosteriorHead: String, CaseIterable {
    case mean
    case logVariance = "log_variance"

    private var path: String { "encoder/\(rawValue)" }

    func variables(features: Int, latents: Int) -> [Variable] {
        Layer.Linear(units: latents).parameters(for: [features]).map { $0.named(under: path) }
    }

    /// (B, latents) of features (B, F).
    func apply(to features: Tensor, latents: Int) -> Tensor {
        let layer = Layer.Linear(units: latents)
        var scope = Scope(.inference, path: path, noiseKey: 0, layer: layer, input: [features.shape[1]])
        return layer.apply(to: features, in: &scope)
    }
}
