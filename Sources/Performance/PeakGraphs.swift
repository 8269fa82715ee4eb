import Tensors

/// Work that shows what a machine can do at most.
public enum PeakGraphs {
    /// The product of two square matrices: 2 · n³ operations on 3 · n² numbers, so arithmetic is all that counts.
    public static func matrixProduct(size: Int) -> Graph {
        let left = Tensor.statistic("left", [size, size])
        let right = Tensor.parameter("right", [size, size])
        return Graph(
            parameters: SliceTable([("right", right.shape)]), statistics: SliceTable([("left", left.shape)]),
            outputs: [("corner", matrixMultiply(left, right).slice(from: [0, 0], shape: [1, 1]))])
    }
}
