import Tensors

/// p(x|z) for continuous pixels: independent normal distributions N(mean, variance).
public struct GaussianLikelihood: Sendable {
    /// The decoder's result, (B, …).
    public let mean: Tensor
    /// Of a shape that stretches to the mean's.
    public let variance: Tensor

    public init(mean: Tensor, variance: Tensor) {
        self.mean = mean
        self.variance = variance
    }

    /// −ln p(x|z) = ½ Σ (x − mean)² / variance + ln(2π · variance) for each example, (B), in nats.
    public func negativeLogLikelihood(of x: Tensor) -> Tensor {
        (0.5 * (square(x - mean) / variance + log(2 * Float.pi * variance))).sumOfEachExample()
    }
}
