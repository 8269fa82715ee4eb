/// The mean of each window × window square of x (B, C, H, W), squares lying side by side: (B, C, ⌊H / window⌋, ⌊W / window⌋). Rows and
/// columns that fill no square are left out.
public func averagePooling(_ x: Tensor, window: Int) -> Tensor {
    pooled(x, window) { $0.mean(axes: [2], keepDimensions: true) }
}

/// The greatest element of each such square, exactly; of several that are equal, the gradient goes to one.
public func maxPooling(_ x: Tensor, window: Int) -> Tensor {
    pooled(x, window) { $0.maximum(axis: 2) }
}

/// Joins the rows of each square and then what is left of its columns, both along axis 2. The examples stay an axis of their own, so that an
/// engine can go over them one by one.
private func pooled(_ x: Tensor, _ window: Int, _ join: (Tensor) -> Tensor) -> Tensor {
    precondition(x.shape.rank == 4, "pooling takes images (B, C, H, W), not \(x.shape)")
    let (examples, channels) = (x.shape[0], x.shape[1])
    let (height, width) = (x.shape[2] / window, x.shape[3] / window)
    precondition(height > 0 && width > 0, "squares of \(window) pixels a side do not fit into \(x.shape)")
    let whole = x.slice(axis: 2, 0..<height * window).slice(axis: 3, 0..<width * window)
    let rows = join(whole.reshaped(to: [examples, channels * height, window, width * window]))
    return join(rows.reshaped(to: [examples, channels * height * width, window, 1]))
        .reshaped(to: [examples, channels, height, width])
}
