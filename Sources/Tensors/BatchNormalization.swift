/// Batch normalisation as training does it, with the statistics of the microbatch itself.
///
/// y = (x − mean) · scale / √(variance + ε) + offset, for each channel (axis 1), over all other axes.
///
/// Source: Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithm 1.
public struct BatchNormalization: Sendable {
    /// Shape of x.
    public let result: Tensor
    /// The mean of each channel, (C).
    public let mean: Tensor
    /// The variance of each channel with divisor n, (C), where n counts the elements of a channel.
    public let variance: Tensor

    /// Normalises x (B, C, …) and applies scale (C) and offset (C).
    public init(of x: Tensor, scale: Tensor, offset: Tensor, epsilon: Float) {
        let axes = x.shape.dimensions.indices.filter { $0 != 1 }
        let mean = x.mean(axes: axes, keepDimensions: true)
        // The variance does not change when its mean moves, Σ (x − mean) being 0: the derivative by that way is left out.
        let variance = square(x - mean.withoutGradient()).mean(axes: axes, keepDimensions: true)
        let factor = scale.reshaped(to: mean.shape) / sqrt(variance + epsilon)
        result = (x - mean) * factor + offset.reshaped(to: mean.shape)
        self.mean = mean.reshaped(to: scale.shape)
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
