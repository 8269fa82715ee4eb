import Tensors
import Testing

@testable import OneDNN

/// Loops over many pixels with channels last: scales, offsets and sums of channels, whether a pixel is whole vectors or not, and
/// so many that sums are settled more than once.
@Suite struct ColumnarLoopTests {
    /// The widest columnar loop, one wider, and channels that fill vectors and do not.
    private static let channels = [16, 48, 50, 256, 272]

    private func graph(channels: Int, _ precision: Precision) -> Graph {
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
        try expectAgreement(graph(channels: channels, .float32), tolerance: 1e-5)
    }

    @Test(arguments: channels, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func bothInstructionSetsGiveTheSameBits(channels: Int, precision: Precision) throws {
        let engine = try testedEngine()
        let graph = graph(channels: channels, precision)
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
}
