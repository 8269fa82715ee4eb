import Glibc
import SeededRandomness
import Tensors
import Testing

@Suite struct LayerFunctionTests {
    @Test(arguments: [Shape([4, 3]), [2, 3, 4, 2], [3, 1, 2, 2]])
    func batchNormalizationInTraining(shape: Shape) {
        let channels: Shape = [shape[1]]
        let shapes = [shape, channels, channels]
        expectGradientMatchesDifferences("batch normalisation", shapes) {
            BatchNormalization(of: $0[0], scale: $0[1], offset: $0[2], epsilon: 1e-3).result
        }
        expectGradientMatchesDifferences("followed by others", shapes) {
            tanh(BatchNormalization(of: square($0[0]), scale: $0[1], offset: $0[2], epsilon: 1e-3).result)
        }
        expectGradientMatchesDifferences("its variance", shapes) {
            BatchNormalization(of: $0[0], scale: $0[1], offset: $0[2], epsilon: 1e-3).variance
        }
    }

    /// Channels come out with mean `offset` and standard deviation `scale`.
    @Test func normalisedChannelsHaveTheAskedMoments() {
        var generator = SeededGenerator(seed: 3)
        let x = Tensor.input("x", [8, 2, 3, 3])
        let scale = Tensor.concatenate([.constant(2, [1]), .constant(3, [1])], axis: 0)
        let layer = BatchNormalization(of: x, scale: scale, offset: .constant(-1, [2]), epsilon: 0)
        let mean = layer.result.mean(axes: [0, 2, 3])
        let centred = layer.result + 1
        let values = evaluate(
            .concatenate([mean, square(centred).mean(axes: [0, 2, 3])], axis: 0),
            inputs: [("x", [8, 2, 3, 3], generator.values(144))])
        for (value, expected) in zip(values, [-1.0, -1, 4, 9]) { #expect(abs(value - expected) < 1e-12) }
    }

    @Test func batchNormalizationInInferenceUsesTheGivenStatistics() {
        let y = batchNormalization(
            .input("x", [2, 1, 1, 2]), scale: .constant(3, [1]), offset: .constant(1, [1]), mean: .constant(2, [1]),
            variance: .constant(4, [1]), epsilon: 0)
        #expect(evaluate(y, inputs: [("x", [2, 1, 1, 2], [0, 2, 4, 8])]) == [-2, 1, 4, 10])
    }

    @Test(arguments: [([3, 4], 2), ([2, 4, 3, 2], 2), ([2, 3, 2, 2], 1), ([2, 3, 2, 2], 3)] as [(Shape, Int)])
    func groupNormalisation(shape: Shape, groups: Int) {
        expectGradientMatchesDifferences("group normalisation", [shape, [shape[1]], [shape[1]]]) {
            tanh(groupNormalization($0[0], groups: groups, scale: $0[1], offset: $0[2], epsilon: 1e-3))
        }
    }

    /// One example's result does not change with the others.
    @Test func aGroupIsOfOneExample() {
        func first(_ values: [Double]) -> [Double] {
            let y = groupNormalization(
                .input("x", [2, 2, 1, 2]), groups: 1, scale: .constant(1, [2]), offset: .constant(0, [2]), epsilon: 0)
            return Array(evaluate(y, inputs: [("x", [2, 2, 1, 2], values)])[..<4])
        }
        #expect(first([1, 3, 1, 3, 0, 0, 0, 1]) == [-1, 1, -1, 1])
        #expect(first([1, 3, 1, 3, 7, 8, -100, 1e6]) == [-1, 1, -1, 1])
    }

    /// Rows and columns that fill no window are left out; of equal elements one has the gradient.
    @Test func poolingTakesWholeWindows() {
        let image: [Double] = [1, 2, 9, 4, 4, 9, 9, 9, 9, -1, -2, 9, -3, -8, 9]
        let x = ("x", Shape([1, 1, 5, 3]), image)
        #expect(evaluate(averagePooling(.input("x", x.1), window: 2), inputs: [x]) == [2.75, 3.75])
        #expect(evaluate(maxPooling(.input("x", x.1), window: 2), inputs: [x]) == [4, 9])
        let parameter = Tensor.parameter("x", [1, 1, 2, 2])
        let gradient = gradients(of: maxPooling(parameter, window: 2).sum(), withRespectTo: [parameter])
        let graph = Graph(parameters: SliceTable([("x", [1, 1, 2, 2])]), outputs: [("gradient", gradient[0])])
        #expect(Interpreter.run(graph, parameters: [3, 5, 5, 1]) == [0, 1, 0, 0])
    }

    @Test func slopesOfActivations() {
        for x in [-3.0, -1e-3, 0, 1e-3, 2] {
            func value(_ function: (Tensor) -> Tensor) -> (Double, Double) {
                let parameter = Tensor.parameter("x", [1])
                let y = function(parameter)
                let gradient = gradients(of: y.sum(), withRespectTo: [parameter])[0]
                let graph = Graph(
                    parameters: SliceTable([("x", [1])]), outputs: [("y", y), ("gradient", gradient)])
                let found = Interpreter.run(graph, parameters: [x])
                return (found[0], found[1])
            }
            let (unit, slope) = value(elu)
            #expect(abs(unit - (x > 0 ? x : expm1(x))) < 1e-15 && abs(slope - (x > 0 ? 1 : exp(x))) < 1e-15)
            #expect(value(silu).0 == x / (1 + exp(-x)) || abs(value(silu).0 - x / (1 + exp(-x))) < 1e-15)
        }
    }

    /// A normalisation costs two sums over the image forwards and two backwards, and no more.
    @Test func batchNormalizationSumsFourTimes() {
        let shape: Shape = [4, 3, 5, 5]
        let table = SliceTable([("x", shape), ("scale", [3]), ("offset", [3])])
        let parameters = table.slices.map { Tensor.parameter($0.name, $0.shape) }
        let layer = BatchNormalization(of: parameters[0], scale: parameters[1], offset: parameters[2], epsilon: 1e-5)
        let loss = (tanh(layer.result) * .input("weights", shape)).sum()
        let graph = Graph(
            parameters: table, inputs: SliceTable([("weights", shape)]),
            outputs: gradients(of: loss, withRespectTo: parameters).enumerated().map { ("\($0)", $1) }
                + [("mean", layer.mean), ("variance", layer.variance)])
        let sums = graph.nodes.filter {
            if case .sum = $0.operation { graph.nodes[$0.inputs[0]].shape == shape } else { false }
        }
        #expect(sums.count == 4)
    }

    @Test func dropoutKeepsTheMeanAndDropsElementsOrChannels() {
        let shape: Shape = [3, 40, 5, 5]
        let keys = NoiseKeys(seed: 1, passes: [0, 0, 0], examples: [0, 1, 2])
        let ones = Tensor.input("x", shape)
        let graph = Graph(
            inputs: SliceTable([("x", shape)]),
            outputs: [
                ("elements", dropout(ones, probability: 0.25, key: 1)),
                ("channels", dropout2D(ones, probability: 0.25, key: 1)),
            ])
        let values = Interpreter.run(graph, inputs: Array(repeating: 1, count: 3000), noise: keys)
        let (elements, channels) = (values[..<3000], values[3000...])
        let (meanElement, meanChannel): (Double, Double) = (elements.reduce(0, +) / 3000, channels.reduce(0, +) / 3000)
        #expect(Set(values) == [0, 1 / 0.75])
        #expect(abs(meanElement - 1) < 0.05)
        let firsts = stride(from: 3000, to: 6000, by: 25)
        #expect(firsts.allSatisfy { Set(values[$0..<$0 + 25]).count == 1 })
        #expect(abs(meanChannel - 1) < 0.2)
    }
}
