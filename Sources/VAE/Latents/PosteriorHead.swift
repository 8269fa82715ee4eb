import Tensors

/// A linear layer at the end of the encoder, which need not be written: it turns features into what the posterior is made of.
struct PosteriorHead: Hashable {
    /// Such as `mean` or `logits`.
    let name: String
    let units: Int

    private var path: String { "encoder/\(name)" }
    private var layer: Layer.Linear { Layer.Linear(units: units) }

    func variables(features: Int) -> [Variable] {
        layer.parameters(for: [features]).map { $0.named(under: path) }
    }

    /// (B, units) of features (B, F).
    func apply(to features: Tensor) -> Tensor {
        var scope = LayerScope(.inference, path: path, noiseKey: 0, layer: layer, input: [features.shape[1]])
        return layer.apply(to: features, in: &scope)
    }
}
