// What formulas of likelihoods and latents are made of.
extension ONNXGraph {
    /// The same elements as (batch, shape); one extent may be −1.
    mutating func reshape(_ x: Value, to shape: [Int]) -> Value { add("Reshape", [x, integers([0] + shape)]) }

    /// The elements from `range` along an axis.
    mutating func slice(_ x: Value, axis: Int, _ range: Range<Int>) -> Value {
        add("Slice", [x, integers([range.lowerBound]), integers([range.upperBound]), integers([axis])])
    }

    /// 1 where x is above y, else 0.
    mutating func step(_ x: Value, above y: Value) -> Value {
        add("Cast", [add("Greater", [x, y])], [.init("to", Int(Onnx_TensorProto.DataType.float.rawValue))])
    }

    /// An image (batch, C, H, W) with rows of zeros above and below it.
    mutating func padded(_ x: Value, above: Int, below: Int) -> Value {
        add("Pad", [x, integers([0, 0, above, 0, 0, 0, below, 0])])
    }
}
