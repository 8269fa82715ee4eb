import Foundation
import Tensors
import Testing

@testable import OneDNN

/// Making a kernel has no effect on another that is being made.
@Suite struct KernelMakingTests {
    /// A convolution with a shape of its own, so that no cache has its kernel.
    private struct Sample {
        let seed: UInt64
        let graph: Graph
        let executable: any Executable

        init(_ seed: UInt64, _ graph: Graph) throws {
            self.seed = seed
            self.graph = graph
            executable = try testedEngine().compile(graph)
        }

        /// The largest difference from the interpreter, over the largest value.
        func difference() -> Double {
            let parameters = values(graph.parameters.count, seed: seed, kind: 1, scale: 1)
            var outputs = [Float](repeating: .nan, count: graph.outputs.count)
            executable.load(parameters: parameters, statistics: [])
            executable.run(inputs: [], noise: NoiseKeys(seed: 0), into: &outputs)
            let expected = Interpreter.run(graph, parameters: parameters.map(Double.init), inputs: [])
            let largest = expected.map(abs).max() ?? 0
            return zip(outputs, expected).map { abs(Double($0) - $1) }.max()! / largest
        }
    }

    /// oneDNN 2.6 keeps a block's size for whichever precision came last.
    @Test(.enabled(if: hasBFloat16, "scripts/test runs it in a process of the class avx512-bf16"))
    func kernelsOfBothPrecisionsMadeAtOnceAreRight() async throws {
        async let single = Self.samplesOfThread(.float32)
        async let half = Self.samplesOfThread(.bfloat16)
        for sample in try await single + half {
            let difference = sample.difference()
            #expect(difference < 1e-2, "convolution \(sample.seed): off by \(difference) of the largest value")
        }
    }

    private static func samplesOfThread(_ precision: Precision) async throws -> [Sample] {
        let graphs = (0..<1500).map { Self.convolution($0).rounded(to: precision) }
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try graphs.enumerated().map { try Sample(UInt64($0), $1) } })
            }
        }
    }

    private static func convolution(_ seed: UInt64) -> Graph {
        var dice = Dice(70_000 + seed)
        let x = Shape([dice.roll(1...3), dice.roll(1...12), dice.roll(3...6), dice.roll(3...6)])
        let weight = Shape([dice.roll(1...40), x[1], dice.roll(1...3), dice.roll(1...3)])
        let window = Operation.Convolution(stride: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
        return graph(of: [x, weight]) { [Tensors.convolution($0[0], $0[1], window)] }
    }
}
