import Tensors
import Testing

@testable import OneDNN

/// Convolutions and input gradients by the engine's own kernels: minimal filtering and few channels to many.
@Suite struct OwnConvolutionTests {
    struct Case: CustomStringConvertible, Sendable {
        var channels: (x: Int, y: Int)
        var window: (Int, Int) = (3, 3)
        var stride: (Int, Int) = (2, 2)
        var isTransposed = false

        var description: String {
            "\(channels), window \(window), stride \(stride)\(isTransposed ? ", transposed" : "")"
        }
    }

    /// Blocks of one and of two vectors, full and not.
    private static let minimal = [(32, 32), (32, 64), (64, 32), (48, 80), (25, 40), (70, 33)].flatMap { channels in
        [(3, 2), (4, 2), (3, 1)].flatMap { (window, stride) in
            [false, true].map {
                Case(channels: channels, window: (window, window), stride: (stride, stride), isTransposed: $0)
            }
        }
    }
    /// Odd and even rows of a window, which pairs of halves fill or do not.
    private static let narrow = [
        Case(channels: (3, 32)), Case(channels: (1, 16), window: (4, 4)), Case(channels: (2, 48), stride: (1, 1)),
        Case(channels: (15, 16), window: (1, 2), stride: (1, 3)), Case(channels: (4, 80), window: (5, 2)),
    ]

    /// Of which some make images for tiles of either size.
    private static let seedsForBits: [UInt64] = [0, 2, 3, 5]

    private func graph(_ test: Case, seed: UInt64) -> Graph {
        var dice = Dice(17 + 31 * seed)
        let padding = [SIMD2(dice.roll(0...3), dice.roll(0...3)), SIMD2(dice.roll(0...3), dice.roll(0...3))]
        let window = Operation.Convolution(
            stride: SIMD2(test.stride.0, test.stride.1), paddingBefore: padding[0], paddingAfter: padding[1])
        // Extents that tiles and blocks divide, and that they do not.
        let extents = (0..<2).map { $0 == 0 && seed == 0 ? 32 : 5 + dice.roll(0...14) }
        let x = Shape([dice.roll(1...3), test.channels.x, extents[0], extents[1]])
        let weight = Shape([test.channels.y, test.channels.x, test.window.0, test.window.1])
        return OneDNNTests.graph(of: [x, weight]) {
            let y = convolution($0[0], $0[1], window)
            // Not an output itself, which bfloat16 would not be stored as.
            guard test.isTransposed else { return [y * 0.5] }
            return gradients(of: (y * y).sum(), withRespectTo: [$0[0]])
        }
    }

    @Test(arguments: minimal + narrow, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func convolutionsAgree(test: Case, precision: Precision) throws {
        for seed in UInt64(0)..<6 {
            try expectAgreement(
                graph(test, seed: seed).rounded(to: precision), seed: seed,
                tolerance: precision == .float32 ? 1e-5 : 1e-2, scale: 0.5, bytesOfChunk: seed == 1 ? 1 : 1_000_000)
        }
    }

    @Test func theyAreByTheKernelsMeant() throws {
        _ = try testedEngine()
        func kernels(_ test: Case, _ precision: Precision) throws -> Set<String> {
            let graph = graph(test, seed: 2).rounded(to: precision)
            return Set(try CompiledPlan(graph).costs.filter { $0.kind == .linear }.map(\.kernel))
        }
        for test in Self.minimal { #expect(try kernels(test, .float32) == ["own, minimal filtering"], "\(test)") }
        for test in Self.narrow { #expect(try kernels(test, .float32) == ["own"], "\(test)") }
        guard hasBFloat16 else { return }
        for test in Self.narrow { #expect(try kernels(test, .bfloat16) == ["own"], "\(test)") }
    }

    /// The products for each pair of channels of the convolutions and input gradients by minimal filtering, in the graph's order.
    private func products(_ graph: Graph, _ weight: Shape) throws -> [Int] {
        try CompiledPlan(graph).runs.compactMap { step -> Int? in
            guard case .convolution(let convolution, _, _, _, _, _, _, _) = step else { return nil }
            // The made channels lie in whole vectors.
            let vectors = convolution.isGradient ? (weight[1] + 15) / 16 * weight[0] : (weight[0] + 15) / 16 * weight[1]
            return convolution.packedBytes(weight) / (vectors * 16 * MemoryLayout<Float>.stride)
        }
    }

    /// Of a convolution and its input gradient, by the image's pixels along an axis: tiles of three results where those of two
    /// would take more than a tenth more products.
    @Test(arguments: [
        (3, 65, 1, [49, 49]), (3, 64, 1, [25, 25]), (3, 33, 1, [49, 49]), (3, 15, 1, [25, 25]), (3, 16, 0, [25, 49]),
        (4, 48, 1, [64, 64]), (4, 64, 1, [64, 64]), (4, 32, 1, [36, 36]),
    ])
    func tilesTakeFewProducts(window: Int, extent: Int, padding: Int, expected: [Int]) throws {
        let weight: Shape = [32, 24, window, window]
        let around = Operation.Convolution(
            stride: [2, 2], paddingBefore: SIMD2(padding, padding), paddingAfter: SIMD2(padding, padding))
        let graph = OneDNNTests.graph(of: [[1, 24, extent, extent], weight]) {
            let y = convolution($0[0], $0[1], around)
            return gradients(of: (y * y).sum(), withRespectTo: [$0[0]])
        }
        #expect(try products(graph, weight) == expected)
    }

    @Test func allTilesAreTested() throws {
        var found: [Bool: Set<Int>] = [:]
        for test in Self.minimal {
            for seed in Self.seedsForBits {
                let graph = graph(test, seed: seed)
                let weight: Shape = [test.channels.y, test.channels.x, test.window.0, test.window.1]
                found[test.isTransposed, default: []].formUnion(try products(graph, weight))
            }
        }
        #expect(found == [false: [16, 25, 36, 49, 64], true: [16, 25, 36, 49, 64]])
    }

    /// A sweep that goes backwards between two that do not, and pixels whose last vector is not full.
    @Test(arguments: [1, 1_000_000])
    func convolutionsOneAfterTheOtherAgreeInAnyChunks(bytesOfChunk: Int) throws {
        let shapes: [(String, Shape)] = [
            ("w0", [25, 25, 3, 3]), ("w1", [33, 25, 4, 4]), ("w2", [33, 25, 3, 3]), ("scale", [25]), ("offset", [25]),
        ]
        let p = shapes.map { Tensor.parameter($0.0, $0.1) }
        func normal(_ x: Tensor) -> Tensor {
            leakyReLU(BatchNormalization(of: x, scale: p[3], offset: p[4], epsilon: 0.1).result, slope: 0.2)
        }
        func window(_ stride: Int) -> Operation.Convolution {
            Operation.Convolution(stride: [stride, stride], paddingBefore: [1, 1], paddingAfter: [1, 1])
        }
        let x = Tensor.input("x", [4, 25, 14, 14])
        let first = normal(convolution(x, p[0], window(1)))
        let up = transposedConvolution(convolution(first, p[1], window(2)), p[2], window(2), outputSize: [14, 14])
        let loss = square(normal(up) + first).sum() * 0.01
        let graph = Graph(
            parameters: SliceTable(shapes), inputs: SliceTable([("x", x.shape)]),
            outputs: [("up", up)]
                + zip(shapes, gradients(of: loss, withRespectTo: p)).map { ("gradient/" + $0.0.0, $0.1) })
        try expectAgreement(graph, tolerance: 5e-5, scale: 0.3, bytesOfChunk: bytesOfChunk)
    }

    /// What a tile gives depends neither on what is worked on beside it nor on the width of vectors.
    @Test(arguments: minimal + narrow, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func chunksAndVectorsChangeNoBit(test: Case, precision: Precision) throws {
        // Minimal filtering in bfloat16 is oneDNN's plain sum, whose bits depend on the chunk.
        if precision == .bfloat16, Self.minimal.contains(where: { $0.description == test.description }) { return }
        let engine = try testedEngine()
        let sets: [InstructionSet] = engine.instructionSet == .avx2 ? [.avx2] : [.avx2, .avx512]
        for seed in Self.seedsForBits {
            let graph = graph(test, seed: seed).rounded(to: precision)
            let parameters = values(graph.parameters.count, seed: seed, kind: 1, scale: 1)
            let results = try sets.flatMap { set in
                try [1, 1_000_000].map { bytes in
                    let executable = try engine.compile(graph, own: set, bytesOfChunk: bytes)
                    var outputs = [Float](repeating: .nan, count: graph.outputs.count)
                    executable.load(parameters: parameters, statistics: [])
                    executable.run(inputs: [], noise: keys(rows: 0, seed: seed), into: &outputs)
                    return outputs
                }
            }
            #expect(results.allSatisfy { $0 == results[0] })
        }
    }
}
