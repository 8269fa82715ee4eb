import Glibc
import Randomness
import SeededRandomness
import Tensors
import Testing

/// Values worked out by hand or by another formula, so that interpreter and gradients are not only consistent.
@Suite struct InterpreterTests {
    private func apply(_ function: (Tensor) -> Tensor, _ shape: Shape, _ values: [Double]) -> [Double] {
        evaluate(function(.input("x", shape)), inputs: [("x", shape, values)])
    }

    @Test func elementwise() {
        let x = [-2.0, -0.5, 0, 3]
        let functions: [((Tensor) -> Tensor, (Double) -> Double)] = [
            ({ -$0 }, { -$0 }), ({ exp($0) }, { Glibc.exp($0) }), ({ tanh($0) }, { Glibc.tanh($0) }),
            ({ sigmoid($0) }, { 1 / (1 + Glibc.exp(-$0)) }), ({ softplus($0) }, { Glibc.log(1 + Glibc.exp($0)) }),
            ({ relu($0) }, { max($0, 0) }), ({ leakyReLU($0, slope: 0.25) }, { $0 > 0 ? $0 : 0.25 * $0 }),
            ({ square($0) - 2 * $0 }, { $0 * $0 - 2 * $0 }), ({ $0 / 4 + 1 }, { $0 / 4 + 1 }),
        ]
        for (function, expected) in functions {
            for (value, other) in zip(apply(function, [4], x), x.map(expected)) { #expect(abs(value - other) < 1e-15) }
        }
        #expect(apply({ log(sqrt($0)) }, [2], [1, 16]) == [0, Glibc.log(4)])
    }

    @Test func largeArgumentsNeitherOverflowNorVanish() {
        #expect(apply({ softplus($0) }, [2], [-800, 800]) == [0, 800])
        #expect(apply({ sigmoid($0) }, [2], [-800, 800]) == [0, 1])
        #expect(apply({ softplus($0) }, [1], [-40])[0] > 0)
    }

    @Test func shapesAndReductions() {
        let x: [Double] = [1, 2, 3, 4, 5, 6]
        #expect(apply({ $0.sum(axes: [0]) }, [2, 3], x) == [5, 7, 9])
        #expect(apply({ $0.sum(axes: [1]) }, [2, 3], x) == [6, 15])
        #expect(apply({ $0.mean() }, [2, 3], x) == [3.5])
        #expect(apply({ $0.slice(axis: 1, 1..<3) }, [2, 3], x) == [2, 3, 5, 6])
        #expect(apply({ $0.padded(into: [3, 4], at: [1, 0]) }, [2, 3], x) == [0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0])
        #expect(
            apply({ .concatenate([$0, $0.slice(axis: 1, 0..<1)], axis: 1) }, [2, 3], x) == [1, 2, 3, 1, 4, 5, 6, 4])
        #expect(apply({ $0.broadcast(to: [2, 2, 3]) }, [2, 1, 3], x) == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
        #expect(apply({ $0.reshaped(to: [3, 2]).sum(axes: [0]) }, [2, 3], x) == [9, 12])
    }

    @Test func matrixProducts() {
        let (a, b): ([Double], [Double]) = ([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12])
        func product(_ left: Shape, _ transposeLeft: Bool, _ right: Shape, _ transposeRight: Bool) -> [Double] {
            let (x, y) = (Tensor.input("a", left), Tensor.input("b", right))
            return evaluate(
                matrixMultiply(x, y, transposeLeft: transposeLeft, transposeRight: transposeRight),
                inputs: [("a", left, a), ("b", right, b)])
        }
        #expect(product([2, 3], false, [3, 2], false) == [58, 64, 139, 154])
        #expect(product([3, 2], true, [3, 2], false) == [89, 98, 116, 128])
        #expect(product([2, 3], false, [2, 3], true) == [50, 68, 122, 167])
        #expect(product([3, 2], true, [2, 3], true) == [76, 103, 100, 136])
    }

    /// x = 1…9 as a 3×3 image, weight = 1, 10, 100, 1000 as a 2×2 window.
    @Test func convolutionsByHand() {
        let image = (1...9).map(Double.init)
        let (x, weight) = (Tensor.input("x", [1, 1, 3, 3]), Tensor.input("w", [1, 1, 2, 2]))
        func run(_ result: Tensor) -> [Double] {
            evaluate(result, inputs: [("x", [1, 1, 3, 3], image), ("w", [1, 1, 2, 2], [1, 10, 100, 1000])])
        }
        let plain = Operation.Convolution(stride: SIMD2(1, 1), paddingBefore: .zero, paddingAfter: .zero)
        #expect(run(convolution(x, weight, plain)) == [5421, 6532, 8754, 9865])
        let strided = Operation.Convolution(stride: SIMD2(2, 2), paddingBefore: SIMD2(1, 1), paddingAfter: .zero)
        #expect(run(convolution(x, weight, strided)) == [1000, 3200, 7040, 9865])
        let sideways = Operation.Convolution(stride: SIMD2(2, 3), paddingBefore: SIMD2(0, 1), paddingAfter: SIMD2(1, 0))
        #expect(run(convolution(x, weight, sideways)) == [4010, 70])
        let two = Operation.Convolution(stride: SIMD2(2, 2), paddingBefore: .zero, paddingAfter: .zero)
        let upward = run(transposedConvolution(x, weight, two, outputSize: SIMD2(6, 6)))
        #expect(upward.prefix(6) == [1, 10, 2, 20, 3, 30])
        #expect(upward[6..<12] == [100, 1000, 200, 2000, 300, 3000])
        #expect(upward.suffix(6) == [700, 7000, 800, 8000, 900, 9000])
    }

    /// A result one larger ends in zeros; padding after the image cuts the last row and column off.
    @Test func transposedConvolutionsGrowAndCrop() {
        let (x, weight) = (Tensor.input("x", [1, 1, 1, 1]), Tensor.input("w", [1, 1, 3, 3]))
        let kernel = (1...9).map(Double.init)
        func run(after: Int, _ size: Int) -> [Double] {
            let window = Operation.Convolution(
                stride: SIMD2(2, 2), paddingBefore: .zero, paddingAfter: SIMD2(repeating: after))
            return evaluate(
                transposedConvolution(x, weight, window, outputSize: SIMD2(repeating: size)),
                inputs: [("x", [1, 1, 1, 1], [1]), ("w", [1, 1, 3, 3], kernel)])
        }
        #expect(run(after: 0, 3) == kernel)
        #expect(run(after: 0, 4) == [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0])
        #expect(run(after: 1, 2) == [1, 2, 4, 5])
    }

    /// ⟨convolution(x, w), y⟩ = ⟨x, input gradient(y, w)⟩ = ⟨w, weight gradient(x, y)⟩.
    @Test(arguments: 0..<12)
    func theThreeConvolutionsAreOneTrilinearForm(seed: Int) {
        let problem = ConvolutionProblem(seed: UInt64(seed))
        let (x, w, y) = (
            Tensor.input("x", problem.x), Tensor.input("w", problem.weight), Tensor.input("y", problem.y)
        )
        var generator = SeededGenerator(seed: UInt64(seed))
        let inputs = [("x", problem.x), ("w", problem.weight), ("y", problem.y)].map {
            ($0.0, $0.1, generator.values($0.1.count))
        }
        let forms = [
            convolution(x, w, problem.window) * y,
            transposedConvolution(y, w, problem.window, outputSize: SIMD2(problem.x[2], problem.x[3])) * x,
            Tensor(.convolutionWeightGradient(problem.window), [x, y], shape: problem.weight) * w,
        ].map { evaluate($0.sum(), inputs: inputs)[0] }
        #expect(abs(forms[0] - forms[1]) < 1e-10)
        #expect(abs(forms[0] - forms[2]) < 1e-10)
    }

    @Test func noiseIsTheStreamsOfItsExamples() {
        let keys = NoiseKeys(seed: 9, passes: [0, 4], examples: [7, 1], samples: [2, 3])
        let streams = [
            RandomStream(seed: 9, operator: 5, pass: 0, example: 7, sample: 2),
            RandomStream(seed: 9, operator: 5, pass: 4, example: 1, sample: 3),
        ]
        func draw(_ noise: Tensor) -> [Double] {
            Interpreter.run(Graph(outputs: [("noise", noise)]), noise: keys)
        }
        #expect(draw(.normal([2, 3], key: 5)) == streams.flatMap { (0..<3).map($0.normal) })
        #expect(draw(.uniform([2, 2, 3], key: 5)) == streams.flatMap { (0..<6).map($0.uniform) })
        let uniform: [Double] = streams.flatMap { (0..<9).map($0.uniform) }
        let bits: [Double] = uniform.map { $0 < 0.25 ? 1 : 0 }
        #expect(draw(.bernoulli([2, 9], probability: 0.25, key: 5)) == bits)
    }

    @Test func theInterpreterIsAnEngine() throws {
        let x = Tensor.input("x", [2])
        let graph = Graph(
            parameters: SliceTable([("p", [2])]), inputs: SliceTable([("x", [2])]),
            outputs: [("sum", (x + Tensor.parameter("p", [2])).sum()), ("double", 2 * x)])
        var results = [Float](repeating: 0, count: 3)
        let executable = Interpreter().compile(graph)
        executable.load(parameters: [10, 20], statistics: [])
        executable.run(inputs: [1, 2], noise: NoiseKeys(seed: 0), into: &results)
        #expect(results == [33, 2, 4])
    }
}
