import Tensors

extension Tensor {
    /// The sum over all axes but the first: (B, …) to (B).
    func sumOfEachExample() -> Tensor {
        sum(axes: Array(1..<shape.rank))
    }

    /// (B, …) to (B · count, …), each row `count` times on end.
    func repeatedRows(_ count: Int) -> Tensor {
        if count == 1 { return self }
        let rest = shape.count / shape[0]
        return reshaped(to: [shape[0], 1, rest]).broadcast(to: [shape[0], count, rest])
            .reshaped(to: Shape([shape[0] * count] + shape.dimensions.dropFirst()))
    }
}
