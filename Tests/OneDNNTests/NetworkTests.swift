import Foundation
import Tensors
import Testing
import VAE

@testable import OneDNN

@Suite struct NetworkTests {
    /// A small network with every kind of layer: convolutions, batch normalisation, dropout, a flattening and back.
    static func network(batch: Int) -> Graph {
        let shapes: [(String, Shape)] = [
            ("w1", [8, 3, 3, 3]), ("scale", [8]), ("offset", [8]), ("w2", [20, 8 * 6 * 6]), ("b2", [20]),
            ("w3", [8 * 6 * 6, 20]), ("b3", [8 * 6 * 6]), ("w4", [8, 3, 3, 3]), ("b4", [3]),
        ]
        let p = Dictionary(uniqueKeysWithValues: shapes.map { ($0.0, Tensor.parameter($0.0, $0.1)) })
        let window = Operation.Convolution(stride: [2, 2], paddingBefore: [1, 1], paddingAfter: [1, 1])
        let x = Tensor.input("x", [batch, 3, 12, 12])
        let h = convolution(x, p["w1"]!, window)
        let mean = h.mean(axes: [0, 2, 3], keepDimensions: true)
        let variance = square(h - mean.withoutGradient()).mean(axes: [0, 2, 3], keepDimensions: true)
        let factor = p["scale"]!.reshaped(to: [1, 8, 1, 1]) / sqrt(variance + 1e-5)
        let normal = (h - mean) * factor + p["offset"]!.reshaped(to: [1, 8, 1, 1])
        let mask = Tensor.bernoulli([batch, 8, 1, 1], probability: 0.75, key: 1) * (1 / 0.75)
        let flat = (leakyReLU(normal, slope: 0.1) * mask).flattened()
        let code = matrixMultiply(flat, p["w2"]!, transposeRight: true) + p["b2"]!
        let z = code + Tensor.normal([batch, 20], key: 2) * exp(code * 0.1)
        let up = relu(matrixMultiply(z, p["w3"]!, transposeRight: true) + p["b3"]!).reshaped(to: [batch, 8, 6, 6])
        let wide = Operation.Convolution(stride: [2, 2], paddingBefore: [1, 1], paddingAfter: [1, 0])
        let y = sigmoid(
            transposedConvolution(up, p["w4"]!, wide, outputSize: [12, 12]) + p["b4"]!.reshaped(to: [1, 3, 1, 1]))
        let loss = square(y - x).sum()
        let slopes = gradients(of: loss, withRespectTo: shapes.map { p[$0.0]! })
        return Graph(
            parameters: SliceTable(shapes.map { ($0.0, $0.1) }), inputs: SliceTable([("x", [batch, 3, 12, 12])]),
            outputs: zip(shapes, slopes).map { ("gradient/" + $0.0.0, $0.1) }
                + [("loss", loss), ("mean", mean), ("variance", variance)])
    }

    @Test func aNetworkWithEveryLayerAgrees() throws {
        try expectAgreement(Self.network(batch: 5), tolerance: 2e-5, scale: 0.3)
    }

    @Test func aNetworkWithEveryLayerAgreesInChunksOfOneExample() throws {
        try expectAgreement(Self.network(batch: 5), tolerance: 2e-5, scale: 0.3, bytesOfChunk: 1)
    }

    /// What is kept from sweep to sweep is made chunk by chunk, zeros around images included.
    @Test(arguments: [1, 1_000_000])
    func paddedAndSlicedImagesAgreeInAnyChunks(bytesOfChunk: Int) throws {
        let shapes: [(String, Shape)] = [("w", [4, 3, 3, 3]), ("scale", [4]), ("offset", [4])]
        let p = shapes.map { Tensor.parameter($0.0, $0.1) }
        let x = Tensor.input("x", [4, 3, 6, 6])
        let window = Operation.Convolution(stride: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1])
        let h = convolution(x, p[0], window)
        func normal(_ x: Tensor) -> Tensor {
            leakyReLU(BatchNormalization(of: x, scale: p[1], offset: p[2], epsilon: 0.1).result, slope: 0.2)
        }
        let padded = normal(h.padded(into: [4, 4, 8, 8], at: [0, 0, 1, 1]))
        let sliced = normal(normal(h).slice(from: [0, 0, 1, 2], shape: [4, 4, 4, 3]))
        let loss = square(padded).sum() + (sliced * tanh(sliced)).sum()
        let graph = Graph(
            parameters: SliceTable(shapes), inputs: SliceTable([("x", x.shape)]),
            outputs: [("padded", padded), ("sliced", sliced)]
                + zip(shapes, gradients(of: loss, withRespectTo: p)).map { ("gradient/" + $0.0.0, $0.1) })
        try expectAgreement(graph, tolerance: 2e-5, bytesOfChunk: bytesOfChunk)
    }

    /// A sum rounded to the other side differs by 2⁻⁸ of itself: the engine's and the interpreter's roundings are near each
    /// other, and far nearer than either is to no rounding.
    @Test(
        .enabled(if: hasBFloat16, "scripts/test runs it in a process of the class avx512-bf16"),
        arguments: [1, 1_000_000])
    func aRoundedNetworkAgrees(bytesOfChunk: Int) throws {
        try expectAgreement(
            Self.network(batch: 5).rounded(to: .bfloat16), tolerance: 1e-3, scale: 0.3, bytesOfChunk: bytesOfChunk)
    }

    /// Upsampling alone is composed of reshapes that go through channels-first images.
    @Test(arguments: Preset.all.filter { $0 != .face128Upsampling })
    func everyGraphOfEveryPresetCompilesWithoutReorders(preset: Preset) throws {
        let model = try VariationalAutoencoder(preset.model, preset.objective)
        let graphs = [
            try model.trainingGraph(microbatch: 4), model.evaluationGraph(microbatch: 4), model.encodingGraph(count: 4),
            model.reconstructionGraph(count: 4), model.samplingGraph(count: 4),
        ]
        for graph in graphs {
            #expect(try testedEngine().compile(graph).counters.reordersBetweenOperations == 0)
        }
    }

    /// A network with batch normalisation in inference mode, whose per-channel factors depend on sources alone.
    @Test func inferenceAgrees() throws {
        let model = try VariationalAutoencoder(
            ModelDescription(
                images: ImageDescription(channels: 3, height: 16, width: 16),
                encoder: [
                    .convolution(filters: 5, window: 3, stride: 2, padding: 1, bias: false), .batchNormalization(),
                    .leakyReLU(slope: 0.1), .flatten,
                ], latents: 6,
                decoder: [
                    .linear(units: 5 * 8 * 8), .reshape(5, 8, 8), .batchNormalization(), .relu,
                    .transposedConvolution(filters: 3, window: 3, stride: 2, trim: 1), .sigmoid,
                ]), Objective(likelihood: .squaredError))
        for graph in [
            model.evaluationGraph(microbatch: 3), model.encodingGraph(count: 3), model.reconstructionGraph(count: 3),
            model.samplingGraph(count: 3),
        ] { try expectAgreement(graph, tolerance: 1e-4, scale: 0.5) }
    }

    @Test func nothingIsReorderedBetweenOperations() throws {
        let counters = try testedEngine().compile(Self.network(batch: 4)).counters
        #expect(counters.reordersBetweenOperations == 0)
        #expect(try testedEngine().compile(Self.network(batch: 64)).counters.flattenings == 0)
        #expect(counters.linearKernels == 4 + 7, "four forward, their weights' gradients, and three data gradients")
    }

    @Test func aFlatteningThatCannotMatchIsCountedAndRight() throws {
        // The flattened axis is cut, so it must lie row-major and the image is copied.
        let graph = differentiated(of: [[2, 6, 3, 5]]) { p in
            p[0].flattened().slice(axis: 1, 4..<70)
        }
        let counters = try expectAgreement(graph)
        #expect(counters.reordersBetweenOperations > 0)
        #expect(counters.flattenings == 0)
    }

    /// Images are turned where the weights that meet them, and their gradients, are larger.
    @Test(arguments: [(Preset.face128, 32, 4), (.face64, 64, 4), (.mnist, 32, 0), (.mlp, 128, 0)])
    func theSmallerSideOfAFlatteningIsTurned(preset: Preset, microbatch: Int, flattenings: Int) throws {
        let graph = try VariationalAutoencoder(preset.model, preset.objective).trainingGraph(microbatch: microbatch)
        #expect(try testedEngine().compile(graph).counters.flattenings == flattenings)
    }

    /// OpenMP's thread count belongs to each thread and decides how kernels cut their sums.
    @Test func bitsDoNotDependOnTheThreadThatRuns() async throws {
        let graph = Self.network(batch: 4)
        let parameters = values(graph.parameters.count, seed: 5, kind: 1, scale: 0.3)
        let inputs = values(graph.inputs.count, seed: 5, kind: 2, scale: 1)
        @Sendable func bits() throws -> [UInt32] {
            let executable = try testedEngine().compile(graph)
            var outputs = [Float](repeating: 0, count: graph.outputs.count)
            executable.load(parameters: parameters, statistics: [])
            executable.run(
                inputs: inputs, noise: NoiseKeys(seed: 5, passes: [0, 0, 1, 1], examples: [1, 2, 3, 4]), into: &outputs)
            return outputs.map(\.bitPattern)
        }
        let here = try bits()
        for _ in 0..<4 {
            let there: [UInt32] = try await withCheckedThrowingContinuation { continuation in
                Thread { continuation.resume(with: Result { try bits() }) }.start()
            }
            #expect(here == there)
        }
    }

    /// Both axes of the flattened images are 12 long, and only one of them counts an image's elements.
    @Test func aBatchAsLongAsAFlattenedImageIsNotTakenForOne() throws {
        let (x, w) = (Tensor.input("x", [12, 3, 2, 2]), Tensor.parameter("w", [5, 12]))
        let y = matrixMultiply(tanh(x).flattened(), w, transposeRight: true) + .normal([12, 5], key: 1)
        let graph = Graph(
            parameters: SliceTable([("w", w.shape)]), inputs: SliceTable([("x", x.shape)]),
            outputs: [("y", y), ("gradient", gradients(of: square(y).sum(), withRespectTo: [w])[0])])
        let counters = try expectAgreement(graph)
        #expect(counters.reordersBetweenOperations == 0)
        #expect(counters.flattenings == 0)
    }

    /// The rows of noise lie one after another, even where they meet an axis that counts an image's elements.
    @Test func noiseOverTheElementsOfOneImageAgrees() throws {
        let image = Tensor.parameter("image", [1, 3, 2, 2])
        let noise = Tensor.normal([12, 1], key: 1)
        let graph = Graph(
            parameters: SliceTable([("image", image.shape)]),
            outputs: [("y", tanh(image).reshaped(to: [12, 1]) * noise)])
        try expectAgreement(graph)
    }

    /// Comparing threads with each other would not see that none of them is pinned.
    @Test func openMPHasOneThreadWhereverAnEngineWorks() async throws {
        typealias Count = @convention(c) () -> Int32
        typealias Choose = @convention(c) (Int32) -> Void
        let graph = Self.network(batch: 2)
        _ = try testedEngine().compile(graph)  // OpenMP is in the process from here on.
        let count = unsafeBitCast(try #require(dlsym(nil, "omp_get_max_threads")), to: Count.self)
        let choose = unsafeBitCast(try #require(dlsym(nil, "omp_set_num_threads")), to: Choose.self)
        let threads: Int32 = try await withCheckedThrowingContinuation { continuation in
            Thread {
                choose(3)
                continuation.resume(
                    with: Result {
                        _ = try testedEngine().compile(graph)
                        return count()
                    })
            }.start()
        }
        #expect(threads == 1)
    }

    @Test func steadyRunsAllocateNothingAndRepeatTheirBits() throws {
        let graph = Self.network(batch: 4)
        let executable = try testedEngine().compile(graph)
        let parameters = values(graph.parameters.count, seed: 5, kind: 1, scale: 0.3)
        let inputs = values(graph.inputs.count, seed: 5, kind: 2, scale: 1)
        let noise = NoiseKeys(seed: 5, passes: [0, 0, 1, 1], examples: [1, 2, 3, 4])
        var first = [Float](repeating: 0, count: graph.outputs.count)
        var second = first
        executable.load(parameters: parameters, statistics: [])
        executable.run(inputs: inputs, noise: noise, into: &first)
        executable.load(parameters: parameters.map { $0 + 1 }, statistics: [])
        executable.run(inputs: inputs, noise: noise, into: &second)
        #expect(first != second)
        executable.load(parameters: parameters, statistics: [])
        executable.run(inputs: inputs, noise: noise, into: &second)
        #expect(first.map(\.bitPattern) == second.map(\.bitPattern))
        let other = try testedEngine().compile(graph)
        other.load(parameters: parameters, statistics: [])
        other.run(inputs: inputs, noise: noise, into: &second)
        #expect(first.map(\.bitPattern) == second.map(\.bitPattern))
        #expect(executable.counters.allocationsInRuns == 0)
    }
}
