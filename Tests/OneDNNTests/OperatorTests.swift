import OneDNN
import Tensors
import Testing

@Suite struct OperatorTests {
    @Test(arguments: 0..<UInt64(12))
    func elementwiseFunctionsAgree(seed: UInt64) throws {
        var dice = Dice(seed)
        let shape = dice.shape(rank: Int(seed % 4) + 1, upTo: 37)
        let graph = differentiated(of: [shape, shape]) { p in
            let positive = p[0] * p[0] + 0.5
            let chain = exp(p[0] * 0.3) + log(positive) + sqrt(positive) + tanh(p[1]) + sigmoid(p[0]) + softplus(p[1])
            return chain - relu(p[0]) * leakyReLU(p[1], slope: 0.1) / positive + (1 - p[1]) / (2 / positive) - (-p[0])
        }
        try expectAgreement(graph, seed: seed, tolerance: 2e-5)
    }

    @Test(arguments: 0..<UInt64(16))
    func broadcastsAndSumsAgree(seed: UInt64) throws {
        var dice = Dice(100 + seed)
        let rank = dice.roll(1...4)
        let shape = dice.shape(rank: rank, upTo: seed % 3 == 0 ? 40 : 11)
        let axes = (0..<rank).filter { _ in dice.roll(0...1) == 1 }
        let small = shape.reduced(along: (0..<rank).filter { _ in dice.roll(0...1) == 1 })
        let graph = differentiated(of: [shape, small]) { p in
            (p[0] * p[1] + p[1]).sum(axes: axes, keepDimensions: true) + p[0]
        }
        try expectAgreement(graph, seed: seed, tolerance: 5e-5)
    }

    @Test(arguments: 0..<UInt64(16))
    func slicesPadsConcatenationsAndReshapesAgree(seed: UInt64) throws {
        var dice = Dice(200 + seed)
        let rank = dice.roll(1...4)
        let shape = dice.shape(rank: rank, upTo: 9)
        let axis = dice.roll(0...rank - 1)
        var other = shape
        other.dimensions[axis] = dice.roll(1...5)
        let graph = differentiated(of: [shape, other]) { p in
            let joined = Tensor.concatenate([p[0], p[1], p[0]], axis: axis)
            let middle = joined.slice(axis: axis, 1..<joined.shape[axis])
            return (middle * 2).reshaped(to: [middle.shape.count])
                + middle.flattened().reshaped(to: [middle.shape.count])
        }
        try expectAgreement(graph, seed: seed)
    }

    @Test(arguments: 0..<UInt64(16))
    func matrixProductsAgree(seed: UInt64) throws {
        var dice = Dice(300 + seed)
        let (m, k, n) = (dice.roll(1...40), dice.roll(1...70), dice.roll(1...50))
        let (left, right) = (seed & 1 == 1, seed & 2 == 2)
        let graph = differentiated(of: [left ? [k, m] : [m, k], right ? [n, k] : [k, n]]) { p in
            matrixMultiply(p[0], p[1], transposeLeft: left, transposeRight: right) * 0.1
        }
        try expectAgreement(graph, seed: seed, tolerance: 1e-4)
    }

    @Test(arguments: 0..<UInt64(24))
    func convolutionsAgree(seed: UInt64) throws {
        var dice = Dice(400 + seed)
        let window = Operation.Convolution(
            stride: SIMD2(dice.roll(1...3), dice.roll(1...3)), paddingBefore: SIMD2(dice.roll(0...2), dice.roll(0...2)),
            paddingAfter: SIMD2(dice.roll(0...2), dice.roll(0...2)))
        let kernel = (dice.roll(1...4), dice.roll(1...4))
        let channels = (dice.roll(1...35), dice.roll(1...35))
        let x: Shape = [dice.roll(1...3), channels.0, kernel.0 + dice.roll(0...9), kernel.1 + dice.roll(0...9)]
        let graph = differentiated(of: [x, [channels.1, channels.0, kernel.0, kernel.1]]) { p in
            convolution(p[0], p[1], window) * 0.1
        }
        try expectAgreement(graph, seed: seed, tolerance: 1e-4)
    }

    @Test(arguments: 0..<UInt64(24))
    func transposedConvolutionsAgreeForEveryCrop(seed: UInt64) throws {
        var dice = Dice(500 + seed)
        let stride = SIMD2(dice.roll(1...3), dice.roll(1...3))
        let before = SIMD2(dice.roll(0...1), dice.roll(0...1))
        let after = SIMD2(dice.roll(0...2), dice.roll(0...2))
        let window = Operation.Convolution(stride: stride, paddingBefore: before, paddingAfter: after)
        let kernel = SIMD2(dice.roll(2...4), dice.roll(2...4))
        let channels = (dice.roll(1...33), dice.roll(1...20))
        let small = SIMD2(dice.roll(3...6), dice.roll(3...6))
        // Every size that the convolution takes to `small`, up to stride - 1 more than the smallest.
        let extra = SIMD2(dice.roll(0...(stride.x - 1)), dice.roll(0...(stride.y - 1)))
        let size = (small &- 1) &* stride &+ kernel &- before &- after &+ extra
        let graph = differentiated(of: [
            [dice.roll(1...3), channels.0, small.x, small.y], [channels.0, channels.1, kernel.x, kernel.y],
        ]) { p in transposedConvolution(p[0], p[1], window, outputSize: size) * 0.1 }
        try expectAgreement(graph, seed: seed, tolerance: 1e-4)
    }

    @Test(arguments: [[5, 3, 4, 7], [2, 130], [3, 2, 40], [4, 17, 1, 1]])
    func noiseAgreesInEveryLayout(dimensions: [Int]) throws {
        let shape = Shape(dimensions)
        let graph = Graph(outputs: [
            ("normal", Tensor.normal(shape, key: 1)), ("uniform", Tensor.uniform(shape, key: 2)),
            ("bernoulli", Tensor.bernoulli(shape, probability: 0.25, key: 3)),
        ])
        try expectAgreement(graph, tolerance: 1e-6)
    }

    @Test func elementaryFunctionsAreAccurateOverTheirRange() throws {
        let count = 4001
        let x = Tensor.input("x", [count])
        let table = SliceTable([("x", [count])])
        let graph = Graph(
            inputs: table,
            outputs: [
                ("exp", exp(x)), ("log", log(exp(x * 0.9))), ("tanh", tanh(x)), ("sigmoid", sigmoid(x)),
                ("softplus", softplus(x)),
            ])
        let inputs = (0..<count).map { Float($0 - 2000) * 0.04 }
        let expected = Interpreter.run(graph, inputs: inputs.map(Double.init))
        var outputs = [Float](repeating: 0, count: graph.outputs.count)
        let executable = try testedEngine().compile(graph)
        executable.run(inputs: inputs, noise: NoiseKeys(seed: 0), into: &outputs)
        for name in ["exp", "tanh", "sigmoid", "softplus"] {
            let worst = graph.outputs[name]!.range.map { index in
                abs(Double(outputs[index]) - expected[index]) / max(abs(expected[index]), 1e-36)
            }.max()!
            #expect(worst < 4e-7, "\(name): relative error \(worst)")
        }
    }
}
