import Tensors

extension Tensor {
    /// The sum over all axes but the first: (B, …) to (B).
    func sumOfEachExample() -> Tensor {
        sum(axes: Array(1..<shape.rank))
    }
}
