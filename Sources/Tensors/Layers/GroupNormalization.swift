/// y = (x − mean) · scale / √(variance + ε) + offset, where mean and variance (with divisor n) are those of C / G neighbouring channels of
/// one example of x (B, C, …); scale (C), offset (C).
///
/// Sums over an example's pixels come first, channel by channel, and sums over the channels of a group are then of small tensors: the images
/// are never laid out group by group. The mean is taken off before squares are summed, which loses nothing where it is large.
///
/// Source: Wu and He, "Group normalization", ECCV 2018, equations 1 to 4 and 7.
public func groupNormalization(_ x: Tensor, groups: Int, scale: Tensor, offset: Tensor, epsilon: Float) -> Tensor {
    let (examples, count) = (x.shape[0], x.shape[1])
    precondition(count % groups == 0, "\(groups) groups do not divide \(count) channels")
    let ones = Array(repeating: 1, count: x.shape.rank - 2)
    /// The mean over a group, once for each of its channels: (B, C, 1, …).
    func groupMean(_ values: Tensor) -> Tensor {
        values.mean(axes: Array(2..<x.shape.rank)).reshaped(to: [examples, groups, count / groups])
            .mean(axes: [2], keepDimensions: true).broadcast(to: [examples, groups, count / groups])
            .reshaped(to: Shape([examples, count] + ones))
    }
    let channels = Shape([1, count] + ones)
    let centred = x - groupMean(x)
    let factor = scale.reshaped(to: channels) / sqrt(groupMean(square(centred)) + epsilon)
    return centred * factor + offset.reshaped(to: channels)
}
