/// Batch normalisation as training does it, with the statistics of the microbatch itself.
///
/// y = (x − mean) · scale / √(variance + ε) + offset, for each channel (axis 1), over all other axes.
///
/// Sums of x − pivot and (x − pivot)² are enough for mean and variance, and both are made in one pass over x. The nearer the
/// pivot is to the mean, the less is lost when the mean's square is taken off; the running mean is as near as anything known
/// beforehand. Results do not depend on it but for rounding.
///
/// Sources: Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithm 1; Chan, Golub and LeVeque, "Algorithms for
/// computing the sample variance", 1983, on shifted data.
public struct BatchNormalization: Sendable {
    /// Shape of x.
    public let result: Tensor
    /// The mean of each channel, (C).
    public let mean: Tensor
    /// The variance of each channel with divisor n, (C), where n counts the elements of a channel.
    public let variance: Tensor

    /// Normalises x (B, C, …) and applies scale (C) and offset (C); pivot (C) is a guess of the mean, or 0.
    public init(of x: Tensor, scale: Tensor, offset: Tensor, pivot: Tensor? = nil, epsilon: Float) {
        let axes = x.shape.dimensions.indices.filter { $0 != 1 }
        var channels = Shape(Array(repeating: 1, count: x.shape.rank))
        channels.dimensions[1] = x.shape[1]
        let pivot = (pivot ?? .constant(0, scale.shape)).reshaped(to: channels)
        let shifted = x - pivot
        let mean = shifted.mean(axes: axes, keepDimensions: true)
        // Rounding must not make the variance of equal values negative.
        let variance = relu(square(shifted).mean(axes: axes, keepDimensions: true) - square(mean))
        let factor = scale.reshaped(to: channels) / sqrt(variance + epsilon)
        result = shifted * factor + (offset.reshaped(to: channels) - mean * factor)
        self.mean = (mean + pivot).reshaped(to: scale.shape)
        self.variance = variance.reshaped(to: scale.shape)
    }
}

/// Batch normalisation as inference does it, with fixed statistics:
/// y = (x − mean) · scale / √(variance + ε) + offset for each channel of x (B, C, …); all others are (C).
public func batchNormalization(
    _ x: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor, epsilon: Float
) -> Tensor {
    var channels = Shape(Array(repeating: 1, count: x.shape.rank))
    channels.dimensions[1] = x.shape[1]
    let factor = (scale / sqrt(variance + epsilon)).reshaped(to: channels)
    return (x - mean.reshaped(to: channels)) * factor + offset.reshaped(to: channels)
}
