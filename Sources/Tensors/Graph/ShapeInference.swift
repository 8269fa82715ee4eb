/// Shapes that do not fit an operation. The description names the operation and the shapes.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

/// The rules that say which shapes an operation takes.
///
/// Operations whose result is not fixed by their operands (sources, reshapes, slices, gradients of convolutions) are given the
/// result and checked against it.
public enum ShapeInference {
    /// Throws a sentence unless `operation` turns operands of shapes `inputs` into `result`.
    public static func check(_ operation: Operation, _ inputs: [Shape], result: Shape) throws(ShapeError) {
        guard result.rank <= 4 else { throw ShapeError(description: "a tensor has at most four axes, not \(result)") }
        switch operation {
        case .input, .parameter, .statistic, .constant: try expect(inputs.isEmpty, "a source", inputs, result)
        case .noise: try expect(inputs.isEmpty && result.rank >= 1, "noise", inputs, result)
        case .unary, .stopGradient: try expect(inputs == [result], "an element-wise operation", inputs, result)
        case .binary: try expect(inputs == [result, result], "an element-wise operation", inputs, result)
        case .broadcast: try checkBroadcast(inputs, result)
        case .reshape: try expect(inputs.count == 1 && inputs[0].count == result.count, "a reshape", inputs, result)
        case .slice(let start): try checkBlock(result, at: start, in: inputs[0], "a slice", inputs, result)
        case .pad(let start): try checkBlock(inputs[0], at: start, in: result, "a pad", inputs, result)
        case .concatenate(let axis): try checkConcatenation(axis, inputs, result)
        case .sum(let axes):
            let inside = axes.allSatisfy { (0..<inputs[0].rank).contains($0) }
            try expect(inside && inputs[0].reduced(along: axes) == result, "a sum along axes \(axes)", inputs, result)
        case .matrixMultiply(let left, let right): try checkProduct(left, right, inputs, result)
        case .convolution(let window):
            try checkConvolution(window, inputs[0], inputs[1], result, operation: "a convolution")
        case .convolutionInputGradient(let window):
            try checkConvolution(window, result, inputs[1], inputs[0], operation: "a transposed convolution")
        case .convolutionWeightGradient(let window):
            try checkConvolution(window, inputs[0], result, inputs[1], operation: "a convolution's weight gradient")
        }
    }

    private static func expect(
        _ condition: Bool, _ operation: String, _ inputs: [Shape], _ result: Shape
    ) throws(ShapeError) {
        guard !condition else { return }
        let operands = inputs.map(\.description).joined(separator: " and ")
        throw ShapeError(
            description: "\(operation) cannot turn \(operands.isEmpty ? "nothing" : operands) into \(result)")
    }

    private static func checkBroadcast(_ inputs: [Shape], _ result: Shape) throws(ShapeError) {
        let fits =
            inputs.count == 1 && inputs[0].rank == result.rank
            && zip(inputs[0].dimensions, result.dimensions).allSatisfy { $0 == $1 || $0 == 1 }
        try expect(fits, "a broadcast", inputs, result)
    }

    private static func checkBlock(
        _ block: Shape, at start: [Int], in whole: Shape, _ operation: String, _ inputs: [Shape], _ result: Shape
    ) throws(ShapeError) {
        let fits =
            block.rank == whole.rank && start.count == whole.rank
            && (0..<whole.rank).allSatisfy { start[$0] >= 0 && start[$0] + block[$0] <= whole[$0] }
        try expect(fits, "\(operation) at \(start)", inputs, result)
    }

    private static func checkConcatenation(_ axis: Int, _ inputs: [Shape], _ result: Shape) throws(ShapeError) {
        let total = inputs.reduce(0) { $0 + ($1.rank > axis ? $1[axis] : 0) }
        let fits =
            !inputs.isEmpty && (0..<result.rank).contains(axis) && total == result[axis]
            && inputs.allSatisfy {
                $0.rank == result.rank && $0.reduced(along: [axis]) == result.reduced(along: [axis])
            }
        try expect(fits, "a concatenation along axis \(axis)", inputs, result)
    }

    private static func checkProduct(
        _ transposeLeft: Bool, _ transposeRight: Bool, _ inputs: [Shape], _ result: Shape
    ) throws(ShapeError) {
        let matrices = inputs.count == 2 && inputs.allSatisfy { $0.rank == 2 } && result.rank == 2
        try expect(matrices, "a matrix product", inputs, result)
        let (rows, left) = transposeLeft ? (inputs[0][1], inputs[0][0]) : (inputs[0][0], inputs[0][1])
        let (right, columns) = transposeRight ? (inputs[1][1], inputs[1][0]) : (inputs[1][0], inputs[1][1])
        let name =
            "a matrix product\(transposeLeft ? ", left transposed," : "")\(transposeRight ? ", right transposed," : "")"
        try expect(left == right && result == [rows, columns], name, inputs, result)
    }

    private static func checkConvolution(
        _ window: Operation.Convolution, _ x: Shape, _ weight: Shape, _ y: Shape, operation: String
    ) throws(ShapeError) {
        let fits =
            window.isPossible && x.rank == 4 && weight.rank == 4 && y.rank == 4 && x[0] == y[0] && x[1] == weight[1]
            && y[1] == weight[0]
            && (0..<2).allSatisfy { window.output(input: x[2 + $0], window: weight[2 + $0], axis: $0) == y[2 + $0] }
        guard !fits else { return }
        throw ShapeError(
            description:
                "\(operation) with stride \(text(window.stride)), padding \(text(window.paddingBefore)) before and "
                + "\(text(window.paddingAfter)) after does not join x \(x), weight \(weight) and y \(y)")
    }

    private static func text(_ pair: SIMD2<Int>) -> String { "(\(pair.x), \(pair.y))" }
}

extension Operation.Convolution {
    /// Whether the window moves forwards and the paddings are not negative.
    fileprivate var isPossible: Bool {
        (0..<2).allSatisfy { stride[$0] > 0 && paddingBefore[$0] >= 0 && paddingAfter[$0] >= 0 }
    }
}
