/// The product of two matrices, each transposed first if said so.
public func matrixMultiply(
    _ left: Tensor, _ right: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false
) -> Tensor {
    precondition(
        left.shape.rank == 2 && right.shape.rank == 2,
        "a matrix product takes matrices, not \(left.shape) and \(right.shape)")
    let shape: Shape = [left.shape[transposeLeft ? 1 : 0], right.shape[transposeRight ? 0 : 1]]
    let operation = Operation.matrixMultiply(transposeLeft: transposeLeft, transposeRight: transposeRight)
    return Tensor(operation, [left, right], shape: shape)
}

/// Cross-correlates x (B, I, H, W) with a weight (O, I, h, w), as deep learning's convolutions do.
public func convolution(_ x: Tensor, _ weight: Tensor, _ window: Operation.Convolution) -> Tensor {
    precondition(
        x.shape.rank == 4 && weight.shape.rank == 4, "a convolution takes four axes, not \(x.shape) and \(weight.shape)"
    )
    let height = window.output(input: x.shape[2], window: weight.shape[2], axis: 0)
    let width = window.output(input: x.shape[3], window: weight.shape[3], axis: 1)
    precondition(height > 0 && width > 0, "a window \(weight.shape) does not fit into x \(x.shape)")
    return Tensor(.convolution(window), [x, weight], shape: [x.shape[0], weight.shape[0], height, width])
}

/// The transposed convolution of x (B, O, H, W) with a weight (O, I, h, w): the gradient of the convolution that takes
/// `outputSize` to x's size, with respect to its input. Result (B, I, outputSize).
///
/// `outputSize` chooses among the sizes that the convolution takes to x's, and so crops: a row that the window's last step
/// does not reach is zero, and padding after the image cuts rows off.
public func transposedConvolution(
    _ x: Tensor, _ weight: Tensor, _ window: Operation.Convolution, outputSize: SIMD2<Int>
) -> Tensor {
    precondition(
        x.shape.rank == 4 && weight.shape.rank == 4,
        "a transposed convolution takes four axes, not \(x.shape) and \(weight.shape)")
    let shape: Shape = [x.shape[0], weight.shape[1], outputSize.x, outputSize.y]
    return Tensor(.convolutionInputGradient(window), [x, weight], shape: shape)
}
