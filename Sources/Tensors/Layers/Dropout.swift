/// Sets each element of x (B, …) to 0 with the given probability and divides the others by 1 − probability, so that the mean
/// stays.
///
/// Source: Srivastava et al., "Dropout", JMLR 2014, section 10 (the inverted form).
public func dropout(_ x: Tensor, probability: Float, key: UInt16) -> Tensor {
    x * mask(x.shape, probability, key)
}

/// Sets each channel of x (B, C, H, W) to 0 as a whole with the given probability and divides the others by 1 − probability.
///
/// Source: Tompson et al., "Efficient object localization using convolutional networks", CVPR 2015, section 3.2.
public func dropout2D(_ x: Tensor, probability: Float, key: UInt16) -> Tensor {
    x * mask([x.shape[0], x.shape[1], 1, 1], probability, key)
}

private func mask(_ shape: Shape, _ probability: Float, _ key: UInt16) -> Tensor {
    precondition((0..<1).contains(probability), "\(probability) is no probability of dropping below 1")
    return Tensor.bernoulli(shape, probability: 1 - probability, key: key) / (1 - probability)
}
