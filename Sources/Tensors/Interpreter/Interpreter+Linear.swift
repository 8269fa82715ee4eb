extension Interpreter {
    /// y[r, c] = Σₖ left[r, k] · right[k, c], where a transposed operand is read with its indices exchanged.
    static func matrixMultiply(
        _ left: Operand, _ transposeLeft: Bool, _ right: Operand, _ transposeRight: Bool, _ shape: Shape
    ) -> [Double] {
        let inner = left.shape[transposeLeft ? 0 : 1]
        let (rowStep, leftStep) = transposeLeft ? (1, shape[0]) : (inner, 1)
        let (rightStep, columnStep) = transposeRight ? (1, inner) : (shape[1], 1)
        var result = [Double](repeating: 0, count: shape.count)
        for row in 0..<shape[0] {
            for column in 0..<shape[1] {
                for k in 0..<inner {
                    result[row * shape[1] + column] +=
                        left.values[row * rowStep + k * leftStep] * right.values[k * rightStep + column * columnStep]
                }
            }
        }
        return result
    }

    // A convolution and its two gradients are one sum of products x·w·y over the same triples of indices, read in three
    // ways: whichever of the three is missing is what the others are summed into.

    /// y[b, o, p, q] = Σ x[b, i, p·s + h − before, q·s + w − before] · weight[o, i, h, w]
    static func convolution(
        _ window: Operation.Convolution, _ x: Operand, _ weight: Operand, _ shape: Shape
    ) -> [Double] {
        var y = [Double](repeating: 0, count: shape.count)
        forEachTap(window, x.shape, weight.shape, shape) { y[$2] += x.values[$0] * weight.values[$1] }
        return y
    }

    /// dx[b, i, …] = Σ dy[b, o, p, q] · weight[o, i, h, w] over the taps that read x[b, i, …].
    static func inputGradient(
        _ window: Operation.Convolution, _ dy: Operand, _ weight: Operand, _ shape: Shape
    ) -> [Double] {
        var dx = [Double](repeating: 0, count: shape.count)
        forEachTap(window, shape, weight.shape, dy.shape) { dx[$0] += dy.values[$2] * weight.values[$1] }
        return dx
    }

    /// dWeight[o, i, h, w] = Σ x[b, i, …] · dy[b, o, p, q] over the taps that read weight[o, i, h, w].
    static func weightGradient(
        _ window: Operation.Convolution, _ x: Operand, _ dy: Operand, _ shape: Shape
    ) -> [Double] {
        var dWeight = [Double](repeating: 0, count: shape.count)
        forEachTap(window, x.shape, shape, dy.shape) { dWeight[$1] += x.values[$0] * dy.values[$2] }
        return dWeight
    }

    /// Calls `body` with the indices (x, weight, y) of every product in the convolution of x (B, I, H, W) with a weight
    /// (O, I, h, w) to y (B, O, P, Q). Taps in the padding are left out.
    private static func forEachTap(
        _ window: Operation.Convolution, _ x: Shape, _ weight: Shape, _ y: Shape, _ body: (Int, Int, Int) -> Void
    ) {
        let (xGrid, weightGrid, yGrid) = (Grid(x), Grid(weight), Grid(y))
        for yIndex in 0..<y.count {
            let place = yGrid.coordinates(yIndex)
            for tap in 0..<weight.count / weight[0] {
                let offset = weightGrid.coordinates(tap)
                let row = place[2] * window.stride.x + offset[2] - window.paddingBefore.x
                let column = place[3] * window.stride.y + offset[3] - window.paddingBefore.y
                guard (0..<x[2]).contains(row), (0..<x[3]).contains(column) else { continue }
                body(
                    xGrid.index(SIMD4(place[0], offset[1], row, column)),
                    weightGrid.index(SIMD4(place[1], offset[1], offset[2], offset[3])), yIndex)
            }
        }
    }
}
