import Tensors

/// The squared error as a likelihood: a normal distribution of variance ½ without its constant, ½ ln π a pixel.
///
/// The constant moves no gradient, but values are comparable with those of other likelihoods only after adding it.
public struct SquaredErrorPixels: Distribution {
    /// The decoder's result, (R, …).
    public let mean: Tensor

    public init(mean: Tensor) { self.mean = mean }

    /// −Σ (x − mean)²
    public func logDensity(of x: Tensor) -> Tensor { -square(x - mean).sumOfEachExample() }

    public var mostProbable: Tensor { mean }

    public func sample(in scope: inout Scope) -> Tensor {
        GaussianPixels(mean: mean, variance: .constant(0.5)).sample(in: &scope)
    }
}
