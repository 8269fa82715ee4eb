extension Tensor {
    /// Stretches extents of 1, and adds leading axes, up to `shape`.
    public func broadcast(to shape: Shape) -> Tensor {
        if self.shape == shape { return self }
        if let value = constantValue { return .constant(value, shape) }
        if case .broadcast = node.operation { return node.inputs[0].broadcast(to: shape) }
        return Tensor(.broadcast, [reshaped(to: self.shape.padded(to: shape.rank))], shape: shape)
    }

    /// The same elements in row-major order under another shape.
    public func reshaped(to shape: Shape) -> Tensor {
        if self.shape == shape { return self }
        if let value = constantValue { return .constant(value, shape) }
        if case .reshape = node.operation { return node.inputs[0].reshaped(to: shape) }
        return Tensor(.reshape, [self], shape: shape)
    }

    /// (B, …) to (B, product of the rest).
    public func flattened() -> Tensor { reshaped(to: [shape[0], shape.count / shape[0]]) }

    /// The block of the given shape that begins at `start`.
    public func slice(from start: [Int], shape: Shape) -> Tensor {
        if self.shape == shape { return self }
        return Tensor(.slice(start: start), [self], shape: shape)
    }

    /// Elements `range` along an axis.
    public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
        var start = [Int](repeating: 0, count: shape.rank)
        var block = shape
        start[axis] = range.lowerBound
        block.dimensions[axis] = range.count
        return slice(from: start, shape: block)
    }

    /// Puts the tensor into zeros of the given shape, beginning at `start`.
    public func padded(into shape: Shape, at start: [Int]) -> Tensor {
        if self.shape == shape { return self }
        return Tensor(.pad(start: start), [self], shape: shape)
    }

    /// The tensors one after another along an axis.
    public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
        precondition(!tensors.isEmpty, "there is nothing to concatenate")
        var shape = tensors[0].shape
        shape.dimensions[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
        return Tensor(.concatenate(axis: axis), tensors, shape: shape)
    }

    /// The same value, taken as fixed when gradients are computed.
    public func withoutGradient() -> Tensor { Tensor(.stopGradient, [self], shape: shape) }
}
