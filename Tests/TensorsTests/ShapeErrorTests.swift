import Tensors
import Testing

/// Shapes that do not fit are refused with a sentence that names all of them.
@Suite struct ShapeErrorTests {
    private func expectError(
        _ operation: Operation, _ inputs: [Shape], _ result: Shape, naming words: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do throws(ShapeError) {
            try ShapeInference.check(operation, inputs, result: result)
            Issue.record("\(operation) accepts \(inputs) to \(result)", sourceLocation: sourceLocation)
        } catch {
            for word in inputs.map(\.description) + [result.description] + words {
                #expect(error.description.contains(word), sourceLocation: sourceLocation)
            }
        }
    }

    @Test func errorsNameTheShapes() {
        expectError(.unary(.tanh), [[2, 3]], [3, 2])
        expectError(.binary(.add), [[2, 3], [3]], [2, 3])
        expectError(.broadcast, [[2, 3]], [2, 4], naming: ["broadcast"])
        expectError(.broadcast, [[3]], [2, 3])
        expectError(.reshape, [[2, 3]], [7], naming: ["reshape"])
        expectError(.slice(start: [1, 1]), [[2, 3]], [2, 2], naming: ["slice", "[1, 1]"])
        expectError(.slice(start: [0]), [[2, 3]], [2, 2])
        expectError(.pad(start: [1, 0]), [[2, 3]], [2, 3], naming: ["pad"])
        expectError(.concatenate(axis: 1), [[2, 3], [3, 3]], [2, 6], naming: ["concatenation", "axis 1"])
        expectError(.concatenate(axis: 0), [[2, 3], [2, 3]], [5, 3])
        expectError(.sum(axes: [2]), [[2, 3]], [2, 3], naming: ["sum"])
        expectError(.sum(axes: [0]), [[2, 3]], [3])
        expectError(
            .matrixMultiply(transposeLeft: false, transposeRight: false), [[2, 3], [4, 5]], [2, 5],
            naming: ["matrix product"])
        expectError(
            .matrixMultiply(transposeLeft: true, transposeRight: false), [[2, 3], [3, 5]], [3, 5],
            naming: ["left transposed"])
    }

    @Test func convolutionErrorsNameTheWindowToo() {
        let window = Operation.Convolution(stride: SIMD2(2, 3), paddingBefore: SIMD2(1, 0), paddingAfter: SIMD2(0, 1))
        let (x, weight, y): (Shape, Shape, Shape) = ([1, 3, 8, 8], [4, 2, 3, 3], [1, 4, 4, 3])
        let words = ["stride (2, 3)", "padding (1, 0) before", "(0, 1) after"]
        expectError(.convolution(window), [x, weight], y, naming: words + ["a convolution"])
        expectError(.convolutionInputGradient(window), [y, weight], x, naming: words + ["transposed convolution"])
        expectError(.convolutionWeightGradient(window), [x, y], weight, naming: words + ["weight gradient"])
        let still = Operation.Convolution(stride: SIMD2(0, 1), paddingBefore: .zero, paddingAfter: .zero)
        expectError(.convolution(still), [[1, 3, 8, 8], [4, 3, 3, 3]], [1, 4, 6, 6], naming: ["stride (0, 1)"])
    }

    @Test func fiveAxesAreTooMany() {
        expectError(.constant(0), [], [1, 1, 1, 1, 1], naming: ["four axes"])
    }

    @Test func fittingShapesAreAccepted() throws {
        try ShapeInference.check(.broadcast, [[1, 3]], result: [2, 3])
        try ShapeInference.check(.sum(axes: [0]), [[2, 3]], result: [1, 3])
        try ShapeInference.check(
            .matrixMultiply(transposeLeft: true, transposeRight: true), [[3, 2], [5, 3]], result: [2, 5])
    }
}
