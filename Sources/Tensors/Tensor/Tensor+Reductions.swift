extension Tensor {
    /// The sum along axes, which vanish unless they are kept with extent 1.
    ///
    /// A factor that is the same all along the axes is taken out of the sum, Σ a·b = b·Σ a: gradients of broadcasts are full of
    /// them, and equal sums are then computed once.
    public func sum(axes: [Int], keepDimensions: Bool = false) -> Tensor {
        let kept = keptSum(axes.sorted())
        if keepDimensions { return kept }
        return kept.reshaped(to: Shape(shape.dimensions.indices.filter { !axes.contains($0) }.map { shape[$0] }))
    }

    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { sum(axes: Array(shape.dimensions.indices)) }

    /// The mean along axes.
    public func mean(axes: [Int], keepDimensions: Bool = false) -> Tensor {
        let count = axes.reduce(1) { $0 * shape[$1] }
        return sum(axes: axes, keepDimensions: keepDimensions) / Float(count)
    }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { mean(axes: Array(shape.dimensions.indices)) }

    private func keptSum(_ axes: [Int]) -> Tensor {
        let axes = axes.filter { shape[$0] > 1 }
        if axes.isEmpty { return self }
        if let same = constantAlong(axes) { return same * Float(axes.reduce(1) { $0 * shape[$1] }) }
        switch node.operation {
        case .unary(.negate): return -node.inputs[0].keptSum(axes)
        case .binary(.multiply):
            let (left, right) = (node.inputs[0], node.inputs[1])
            if let factor = left.constantAlong(axes) { return factor * right.keptSum(axes) }
            if let factor = right.constantAlong(axes) { return left.keptSum(axes) * factor }
        default: break
        }
        return Tensor(.sum(axes: axes), [self], shape: shape.reduced(along: axes))
    }

    /// One slice across the axes, if all slices are equal because a broadcast or a constant made them.
    private func constantAlong(_ axes: [Int]) -> Tensor? {
        let reduced = shape.reduced(along: axes)
        if let value = constantValue { return .constant(value, reduced) }
        guard case .broadcast = node.operation, axes.allSatisfy({ node.inputs[0].shape[$0] == 1 }) else { return nil }
        return node.inputs[0].broadcast(to: reduced)
    }
}
