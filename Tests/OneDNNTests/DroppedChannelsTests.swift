import CKernels
import Tensors
import Testing

@testable import OneDNN

/// Channels that dropout sets to zero as a whole, which kernels leave out.
@Suite struct DroppedChannelsTests {
    struct Case: CustomStringConvertible, Sendable {
        var channels: (x: Int, y: Int)
        var window: Int
        var stride: Int
        var isTransposed: Bool

        var description: String {
            "\(channels), window \(window), stride \(stride)\(isTransposed ? ", transposed" : "")"
        }
    }

    /// Vectors that are full and not, on either side; too few channels for minimal filtering, and for leaving any out.
    private static let cases = [(32, 64), (70, 33), (25, 40), (40, 17), (17, 96), (3, 32), (32, 3)].flatMap {
        channels in
        [(3, 2), (4, 2), (3, 1)].flatMap { (window, stride) in
            [false, true].map { Case(channels: channels, window: window, stride: stride, isTransposed: $0) }
        }
    }

    private func window(_ test: Case) -> Operation.Convolution {
        Operation.Convolution(stride: [test.stride, test.stride], paddingBefore: [1, 1], paddingAfter: [1, 1])
    }

    /// The weight's shape, and a convolution of one of 11 × 12 pixels or its transpose.
    private func shapes(_ test: Case, images: Int) -> [Shape] {
        let channels = test.isTransposed ? test.channels.y : test.channels.x
        return [
            [images, channels, 11, 12], [test.channels.y, test.channels.x, test.window, test.window],
        ]
    }

    private func result(_ test: Case, _ x: Tensor, _ weight: Tensor) -> Tensor {
        guard test.isTransposed else { return convolution(x, weight, window(test)) }
        let size = (SIMD2(11, 12) &- 1) &* test.stride &+ (test.window - 2)
        return transposedConvolution(x, weight, window(test), outputSize: size)
    }

    @Test(arguments: cases, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func resultsAgree(test: Case, precision: Precision) throws {
        for (seed, probability) in [Float(0.25), 0.5, 0.95].enumerated() {
            let graph = differentiated(of: shapes(test, images: 4)) {
                result(test, dropout2D($0[0], probability: probability, key: 7), $0[1]) * 0.5
            }
            try expectAgreement(
                graph.rounded(to: precision), seed: UInt64(seed), tolerance: precision == .float32 ? 2e-5 : 2e-2,
                scale: 0.3, bytesOfChunk: seed == 1 ? 1 : 1_000_000)
        }
    }

    /// What a number is multiplied with shows whether it is: 0 · ∞ is not a number.
    @Test(arguments: cases)
    func whatIsDroppedIsNotMultiplied(test: Case) throws {
        let engine = try testedEngine()
        let shapes = shapes(test, images: 1)
        let graph = OneDNNTests.graph(of: shapes) {
            let x = dropout2D($0[0], probability: 0.5, key: 7)
            return [x, result(test, x, $0[1]) * 0.5]
        }
        let executable = try engine.compile(graph)
        var parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1)
        func run() -> [Float] {
            var outputs = [Float](repeating: .nan, count: graph.outputs.count)
            executable.load(parameters: parameters, statistics: [])
            executable.run(inputs: [], noise: keys(rows: 1, seed: 1), into: &outputs)
            return outputs
        }
        let before = run()
        let pixels = shapes[0][2] * shapes[0][3]
        let dropped = (0..<shapes[0][1]).filter { before[$0 * pixels..<($0 + 1) * pixels].allSatisfy { $0 == 0 } }
        try #require(!dropped.isEmpty && dropped.count < shapes[0][1])
        let places = test.window * test.window
        for channel in dropped {
            for other in 0..<shapes[1][test.isTransposed ? 1 : 0] {
                let (o, i) = test.isTransposed ? (channel, other) : (other, channel)
                let first = shapes[0].count + (o * shapes[1][1] + i) * places
                for place in first..<first + places { parameters[place] = .infinity }
            }
        }
        let isMinimal = min(test.channels.x, test.channels.y) >= 24
        #expect((run() == before) == isMinimal)
    }

    @Test func gradientsOfWeightsLeaveOutEitherSide() throws {
        func steps(_ test: Case) throws -> [(vectorsAreInputs: Bool, leavesOut: Bool)] {
            let graph = differentiated(of: shapes(test, images: 2)) {
                result(test, dropout2D($0[0], probability: 0.5, key: 7), $0[1])
            }
            return try CompiledPlan(graph).runs.compactMap {
                guard case .weightGradient(let gradient, _, _, _, _, let kept, _, _) = $0 else { return nil }
                return (gradient.vectors_are_inputs != 0, kept != nil)
            }
        }
        for test in Self.cases {
            let steps = try steps(test)
            try #require(steps.count == 1)
            let isWide = min(test.channels.x, test.channels.y) >= Int(TRIBUTARY_LANES)
            #expect(steps[0].leavesOut == isWide, "\(test)")
            if isWide { #expect(steps[0].vectorsAreInputs == test.isTransposed, "\(test)") }
        }
    }
}
