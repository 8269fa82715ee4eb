import Tensors
import Testing

/// Every operation's gradient against central differences in Float64.
@Suite struct GradientTests {
    @Test(arguments: [Shape([]), [3], [2, 3], [2, 1, 3], [3, 2, 2, 3]])
    func smoothFunctions(shape: Shape) {
        let functions: [(String, (Tensor) -> Tensor)] = [
            ("negate", { -$0 }), ("exp", { exp($0) }), ("tanh", { tanh($0) }), ("sigmoid", { sigmoid($0) }),
            ("softplus", { softplus($0) }), ("square", { square($0) }), ("cube", { $0 * square($0) }),
            ("affine", { 3 - 2 * $0 + 1 }),
        ]
        for (name, function) in functions { expectGradientMatchesDifferences(name, [shape]) { function($0[0]) } }
    }

    @Test(arguments: [Shape([]), [3], [2, 3, 1, 2]])
    func functionsOfPositiveNumbers(shape: Shape) {
        let functions: [(String, (Tensor) -> Tensor)] = [
            ("log", { log($0) }), ("sqrt", { sqrt($0) }), ("reciprocal", { 1 / $0 }), ("half", { $0 / 2 }),
        ]
        for (name, function) in functions {
            expectGradientMatchesDifferences(name, [shape], in: 0.5...2) { function($0[0]) }
        }
    }

    @Test(arguments: [Float(0), 0.1])
    func kinkedFunctionsOnEitherSide(slope: Float) {
        for range in [-2.0 ... -0.1, 0.1...2] {
            expectGradientMatchesDifferences("leakyReLU", [[3, 2]], in: range) { leakyReLU($0[0], slope: slope) }
            expectGradientMatchesDifferences("relu", [[3, 2]], in: range) { relu($0[0]) * $0[0] }
        }
    }

    @Test(arguments: [
        [Shape([2, 3]), [2, 3]], [[2, 3], [3]], [[2, 3], [2, 1]], [[], [2, 3]], [[2, 1, 4], [3, 1]],
        [[2, 3, 2, 2], [1, 3, 1, 1]], [[1, 3, 1, 1], [2, 1, 2, 2]],
    ])
    func pairsThatStretch(shapes: [Shape]) {
        expectGradientMatchesDifferences("add", shapes) { $0[0] + $0[1] }
        expectGradientMatchesDifferences("subtract", shapes) { $0[0] - $0[1] }
        expectGradientMatchesDifferences("multiply", shapes) { $0[0] * $0[1] }
        expectGradientMatchesDifferences("divide", shapes, in: 0.5...2) { $0[0] / $0[1] }
        expectGradientMatchesDifferences("chain", shapes) { tanh($0[0] * $0[1]) * ($0[1] - $0[0]) }
    }

    @Test func shapesAndReductions() {
        let shape: Shape = [3, 2, 4, 5]
        let functions: [(String, (Tensor) -> Tensor)] = [
            ("reshape", { square($0).reshaped(to: [6, 20]) }),
            ("slice", { square($0).slice(from: [1, 0, 1, 2], shape: [2, 1, 3, 2]) }),
            ("pad", { square($0).padded(into: [4, 3, 6, 5], at: [1, 1, 0, 0]) }),
            ("concatenate", { .concatenate([$0, square($0).slice(axis: 2, 1..<3)], axis: 2) }),
            ("sum", { exp($0).sum(axes: [0, 2, 3]) }), ("sum of all", { exp($0).sum() }),
            ("kept sum", { square($0).sum(axes: [1], keepDimensions: true) * $0 }),
            ("mean", { tanh($0).mean(axes: [2, 1]) }), ("mean of all", { square($0).mean() }),
            ("broadcast", { $0.slice(axis: 2, 1..<2).broadcast(to: shape) * $0 }),
        ]
        for (name, function) in functions { expectGradientMatchesDifferences(name, [shape]) { function($0[0]) } }
    }

    @Test(arguments: [false, true], [false, true])
    func matrixProducts(transposeLeft: Bool, transposeRight: Bool) {
        let (left, right): (Shape, Shape) = (transposeLeft ? [4, 3] : [3, 4], transposeRight ? [5, 4] : [4, 5])
        expectGradientMatchesDifferences("product", [left, right]) {
            matrixMultiply($0[0], $0[1], transposeLeft: transposeLeft, transposeRight: transposeRight)
        }
    }

    /// Ragged extents, strides 1 to 3, unlike paddings, windows as large as the padded image.
    @Test(arguments: 0..<24)
    func convolutions(seed: Int) {
        let problem = ConvolutionProblem(seed: UInt64(seed))
        expectGradientMatchesDifferences("\(problem)", [problem.x, problem.weight]) {
            convolution($0[0], $0[1], problem.window)
        }
        expectGradientMatchesDifferences("transposed \(problem)", [problem.y, problem.weight]) {
            transposedConvolution(
                $0[0], $0[1], problem.window, outputSize: SIMD2(problem.x[2], problem.x[3]))
        }
        expectGradientMatchesDifferences("weight gradient of \(problem)", [problem.x, problem.y]) {
            Tensor(.convolutionWeightGradient(problem.window), $0, shape: problem.weight)
        }
    }

    @Test func noiseIsFixedByItsKeysAndHasNoGradient() {
        expectGradientMatchesDifferences("reparameterised", [[3, 4], [3, 4]]) {
            $0[0] + exp(0.5 * $0[1]) * Tensor.normal([3, 4], key: 1)
        }
        expectGradientMatchesDifferences("dropout", [[3, 4]]) {
            square($0[0]) * Tensor.bernoulli([3, 4], probability: 0.5, key: 2) * 2
        }
        expectGradientMatchesDifferences("uniform", [[3, 2, 2]]) { $0[0] * Tensor.uniform([3, 2, 2], key: 3) }
    }

    /// Gradients are graphs, so they have gradients.
    @Test func secondOrder() {
        func slope(_ value: Tensor, _ x: Tensor) -> Tensor { gradients(of: value.sum(), withRespectTo: [x])[0] }
        expectGradientMatchesDifferences("softplus", [[2, 3]]) { slope(square(softplus($0[0])), $0[0]) }
        expectGradientMatchesDifferences("quotient", [[3], [3]], in: 0.5...2) { slope(exp($0[0]) / $0[1], $0[1]) }
        let problem = ConvolutionProblem(seed: 5)
        expectGradientMatchesDifferences("convolution", [problem.x, problem.weight]) {
            slope(tanh(convolution($0[0], $0[1], problem.window)), $0[0])
        }
    }

    @Test func aTargetWithoutInfluenceGetsZeros() {
        let (x, y) = (Tensor.parameter("x", [2]), Tensor.parameter("y", [3]))
        let gradient = gradients(of: square(x).sum(), withRespectTo: [y])[0]
        #expect(evaluate(gradient) == [0, 0, 0])
    }

    @Test func aSourceIsKnownByItsName() {
        func x() -> Tensor { .parameter("x", [2]) }
        let gradient = gradients(of: (x() * exp(x())).sum() + x().sum(), withRespectTo: [x()])[0]
        let graph = Graph(parameters: SliceTable([("x", [2])]), outputs: [("gradient", gradient)])
        #expect(Interpreter.run(graph, parameters: [0, 0]) == [2, 2])
    }

    @Test func nothingFlowsThroughAFixedValue() {
        let x = Tensor.parameter("x", [2])
        let gradient = gradients(of: (x * x.withoutGradient()).sum(), withRespectTo: [x])[0]
        let graph = Graph(parameters: SliceTable([("x", [2])]), outputs: [("gradient", gradient)])
        #expect(Interpreter.run(graph, parameters: [3, 5]) == [3, 5])
        #expect(!graph.nodes.contains { $0.operation == .stopGradient })
    }
}
