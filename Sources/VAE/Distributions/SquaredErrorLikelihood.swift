import Tensors

/// The squared error as a likelihood: a normal distribution of variance ½ without its constant, ½ ln π a pixel.
///
/// The constant moves no gradient, but values are comparable with those of other likelihoods only after adding it.
public struct SquaredErrorLikelihood: Sendable {
    /// The decoder's result, (B, …).
    public let mean: Tensor

    public init(mean: Tensor) { self.mean = mean }

    /// Σ (x − mean)² for each example, (B).
    public func negativeLogLikelihood(of x: Tensor) -> Tensor {
        square(x - mean).sumOfEachExample()
    }
}
