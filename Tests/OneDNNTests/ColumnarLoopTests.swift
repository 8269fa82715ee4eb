import Foundation
import Testing

@testable import OneDNN
@testable import Tensors

/// Loops over many pixels with channels last: scales, offsets and sums of channels, whether a pixel is whole vectors or not, and
/// so many that sums are settled more than once.
@Suite struct ColumnarLoopTests {
    /// The widest columnar loop and one wider; channels that fill vectors, of which one, two, three or four are worked on together, and that
    /// do not.
    private static let channels = [16, 32, 48, 50, 64, 80, 256, 272]

    private func normalisation(channels: Int, _ precision: Precision) -> Graph {
        let x: Shape = [2, channels, 61, 37]
        // What a convolution reads is rounded, and so is what it makes.
        let weights: [Shape] = precision == .bfloat16 ? [[channels, channels, 1, 1]] : []
        return differentiated(of: [x, [channels], [channels]] + weights) { p in
            let normal = BatchNormalization(of: p[0], scale: p[1], offset: p[2], epsilon: 0.1).result
            let result = leakyReLU(normal, slope: 0.2)
            let window = Operation.Convolution(stride: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
            return p.count < 4 ? result : leakyReLU(convolution(result, p[3], window), slope: 0.1)
        }.rounded(to: precision)
    }

    @Test(arguments: channels)
    func normalisationAgrees(channels: Int) throws {
        try expectAgreement(normalisation(channels: channels, .float32), tolerance: 1e-5)
    }

    /// A loop that stores a rounding and goes on with it.
    private func readingRoundings(channels: Int) -> Graph {
        let window = Operation.Convolution(stride: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
        let graph = graph(of: [[2, channels, 9, 8], [channels, channels, 1, 1]]) { p in
            let square = p[0] * p[0]
            return [convolution(square, p[1], window), square * 3, (square * p[0]).sum(axes: [0, 2, 3])]
        }.rounded(to: .bfloat16)
        let square = graph.nodes.firstIndex { $0.operation == .binary(.multiply) } ?? 0
        let rounding = graph.nodes.firstIndex { $0.operation == .unary(.bfloat16) && $0.inputs == [square] } ?? 0
        return Graph(
            graph,
            nodes: graph.nodes.enumerated().map { index, node in
                guard index > rounding else { return node }
                return Graph.Node(
                    operation: node.operation, inputs: node.inputs.map { $0 == square ? rounding : $0 },
                    shape: node.shape)
            })
    }

    @Test(.enabled(if: hasBFloat16), arguments: channels)
    func aRoundingThatIsStoredAndReadIsOne(channels: Int) throws {
        let graph = readingRoundings(channels: channels)
        let read = graph.nodes.indices.filter { index in
            graph.nodes[index].operation == .unary(.bfloat16)
                && graph.nodes.contains { $0.operation.isElementwise && $0.inputs.contains(index) }
        }
        #expect(!read.isEmpty)
        // Sums in another order may round to the next number, which lies 2⁻⁸ further.
        try expectAgreement(graph, tolerance: 8e-3)
    }

    @Test(arguments: channels, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func bothInstructionSetsGiveTheSameBits(channels: Int, precision: Precision) throws {
        let engine = try testedEngine()
        let graph = normalisation(channels: channels, precision)
        let parameters = values(graph.parameters.count, seed: 5, kind: 1, scale: 1)
        let sets: [InstructionSet] = engine.instructionSet == .avx2 ? [.avx2] : [.avx2, .avx512]
        let results = try sets.map { set in
            let executable = try engine.compile(graph, own: set)
            var outputs = [Float](repeating: .nan, count: graph.outputs.count)
            executable.load(parameters: parameters, statistics: [])
            executable.run(inputs: [], noise: keys(rows: 0, seed: 5), into: &outputs)
            return outputs
        }
        #expect(results.allSatisfy { $0 == results[0] && !$0.contains { $0.isNaN } })
    }

    /// Pixels of colours and of columns, whose loop is machine code with AVX-512 and interpreted with AVX2, and every kind of number.
    @Test(arguments: [3, 32, 64]) func theLogisticFunctionHasTheSameBits(channels: Int) throws {
        let engine = try testedEngine()
        let image: Shape = [2, channels, 40, 20]
        let offset: Shape = [1, channels, 1, 1]
        let graph = Graph(
            parameters: SliceTable([("offset", offset)]), inputs: SliceTable([("x", image)]),
            outputs: [("y", sigmoid(Tensor.input("x", image) + Tensor.parameter("offset", offset)))])
        let special: [Float] = [
            .nan, .infinity, -.infinity, 0, -0.0, 87.33654, -87.33654, 87.33655, -87.33655, 200, -200,
        ]
        let inputs = (0..<image.count).map {
            $0 % 5 == 0 ? special[$0 / 5 % special.count] : Float($0 % 4800 - 2400) * 0.041
        }
        let sets: [InstructionSet] = engine.instructionSet == .avx2 ? [.avx2] : [.avx2, .avx512]
        let results = try sets.map { set in
            let executable = try engine.compile(graph, own: set)
            var outputs = [Float](repeating: 7, count: graph.outputs.count)
            executable.load(parameters: (0..<channels).map { $0 % 3 == 1 ? -0.0 : 0 }, statistics: [])
            executable.run(inputs: inputs, noise: NoiseKeys(seed: 0), into: &outputs)
            return outputs
        }
        for (input, output) in zip(inputs, results[0]) {
            let exact = 1 / (1 + Float64(-input).exponential)
            #expect(input.isNaN ? output.isNaN : abs(Double(output) - exact) <= 4e-7 * exact + 2e-38, "\(input)")
        }
        // Any NaN is one.
        let bits = results.map { $0.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }
        #expect(bits.allSatisfy { $0 == bits[0] })
    }
}

extension Float64 {
    fileprivate var exponential: Float64 { Foundation.exp(self) }
}

extension Tensors.Operation {
    fileprivate var isElementwise: Bool {
        if case .binary = self { true } else { false }
    }
}
