import Tensors

/// What an evaluation adds up for each number of z over the examples, (Z): enough to see which latents a model uses.
public enum LatentMeasure: String, Hashable, Sendable, CaseIterable {
    /// Of the posterior's mean.
    case mean
    /// Of its square.
    case square
    /// KL(q ‖ p), in nats; 0 where it has no closed form.
    case divergence

    /// (B, Z)
    func values(_ q: any LatentDistribution) -> Tensor {
        switch self {
        case .mean: q.mean
        case .square: Tensors.square(q.mean)
        case .divergence: q.divergenceByDimension?.flattened() ?? .constant(0, q.mean.shape)
        }
    }
}
