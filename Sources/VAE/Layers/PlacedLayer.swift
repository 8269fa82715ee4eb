import Tensors

/// A layer in its place in a network, for whoever writes the network down in another language.
public struct PlacedLayer: Sendable {
    public let layer: Layer
    /// With what the names of its tensors begin, such as `encoder/0/convolution`.
    public let path: String
    /// The shape of one example before it; of the layer that takes the label, with the label behind the features.
    public let input: Shape
    /// Whether the label, one-hot, is appended to what it takes.
    public let takesLabel: Bool

    /// The layers that a residual layer is made of, and the one that projects x where shapes differ; nil for every other layer.
    public var parts: (layers: [PlacedLayer], projection: PlacedLayer?)? {
        guard case .residual(let residual) = layer else { return nil }
        return residual.placed(under: path, input: input)
    }
}

/// The parts of a model, for whoever writes it down in another language.
public struct ModelStructure: Sendable {
    public let encoder: [PlacedLayer]
    public let decoder: [PlacedLayer]
    /// Nil where there is none.
    public let classifier: Classifier?

    /// A classifier's layers, of whose features `classifier/logits` makes the classes' logits.
    public struct Classifier: Sendable {
        public let layers: [PlacedLayer]
        /// Whether it takes the mean of z, and not the image.
        public let takesLatents: Bool
    }
}

extension VariationalAutoencoder {
    /// The layers of all networks in their places.
    public var structure: ModelStructure {
        let takesLatents = objective.estimator.formula.labels?.classified == .latents
        return ModelStructure(
            encoder: encoder.layers, decoder: decoder.layers,
            classifier: classifier.map { .init(layers: $0.layers, takesLatents: takesLatents) })
    }
}
