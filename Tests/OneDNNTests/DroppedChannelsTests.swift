import Tensors
import Testing

@testable import OneDNN

/// Channels that dropout sets to zero as a whole, before a convolution or after it, which kernels leave out.
@Suite struct DroppedChannelsTests {
    struct Case: CustomStringConvertible, Sendable {
        var channels: (x: Int, y: Int)
        var window: Int
        var stride: Int
        var isTransposed: Bool
        var extents = SIMD2(11, 12)

        /// Where tiles of three results would take more products.
        var smaller: Case {
            var test = self
            test.extents = SIMD2(8, 8)
            return test
        }

        var description: String {
            "\(channels), window \(window), stride \(stride)\(isTransposed ? ", transposed" : "")"
        }
    }

    /// Vectors that are full and not, on either side; too few channels for minimal filtering, and for vectors.
    private static let cases = [
        (32, 64), (70, 33), (25, 40), (40, 17), (17, 96), (48, 70), (70, 48), (3, 32), (32, 3),
    ].flatMap { channels in
        [(3, 2), (4, 2), (3, 1)].flatMap { (window, stride) in
            [false, true].map { Case(channels: channels, window: window, stride: stride, isTransposed: $0) }
        }
    }

    private static let minimal = cases.filter { min($0.channels.x, $0.channels.y) >= 24 }

    /// In bfloat16 whole vectors are made, of channels that are enough for a list.
    private static let selective = cases.filter {
        let (read, made) = $0.isTransposed ? ($0.channels.y, $0.channels.x) : ($0.channels.x, $0.channels.y)
        return read >= 16 && made % 16 == 0
    }

    /// Of so many channels made in bfloat16, those that are not needed are left out.
    private static let needed = selective.filter { ($0.isTransposed ? $0.channels.x : $0.channels.y) >= 48 }

    private static let leftOut =
        minimal.map { ($0, Precision.float32) } + (hasBFloat16 ? selective.map { ($0, Precision.bfloat16) } : [])

    private func window(_ test: Case) -> Operation.Convolution {
        Operation.Convolution(stride: [test.stride, test.stride], paddingBefore: [1, 1], paddingAfter: [1, 1])
    }

    /// The shapes of an image and of the weight of its convolution, or of the transpose.
    private func shapes(_ test: Case, images: Int) -> [Shape] {
        let channels = test.isTransposed ? test.channels.y : test.channels.x
        return [
            [images, channels, test.extents.x, test.extents.y],
            [test.channels.y, test.channels.x, test.window, test.window],
        ]
    }

    private func result(_ test: Case, images: Int) -> Shape {
        let shapes = shapes(test, images: images)
        return result(test, .parameter("x", shapes[0]), .parameter("w", shapes[1])).shape
    }

    private func result(_ test: Case, _ x: Tensor, _ weight: Tensor) -> Tensor {
        guard test.isTransposed else { return convolution(x, weight, window(test)) }
        let size = (test.extents &- 1) &* test.stride &+ (test.window - 2)
        return transposedConvolution(x, weight, window(test), outputSize: size)
    }

    @Test(arguments: cases, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func resultsAgree(test: Case, precision: Precision) throws {
        for (seed, probability) in [Float(0.25), 0.5, 0.95].enumerated() {
            let test = seed == 1 ? test.smaller : test
            let graph = differentiated(of: shapes(test, images: 4)) {
                let x = dropout2D($0[0], probability: probability, key: 7)
                return dropout2D(result(test, x, $0[1]), probability: probability, key: 8) * 0.5
            }
            try expectAgreement(
                graph.rounded(to: precision), seed: UInt64(seed), tolerance: precision == .float32 ? 2e-5 : 2e-2,
                scale: 0.3, bytesOfChunk: seed == 1 ? 1 : 1_000_000)
        }
    }

    /// What a number is multiplied with shows whether it is: 0 · ∞ is not a number.
    @Test(arguments: leftOut)
    func convolutionsMultiplyNothingThatIsDropped(test: Case, precision: Precision) throws {
        for test in [test, test.smaller] { try expectNothingIsMultiplied(test, precision) }
    }

    private func expectNothingIsMultiplied(_ test: Case, _ precision: Precision) throws {
        let shapes = shapes(test, images: 1)
        let graph = OneDNNTests.graph(of: shapes) {
            let x = dropout2D($0[0], probability: 0.5, key: 7)
            return [x, result(test, x, $0[1]) * 0.5]
        }.rounded(to: precision)
        let parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1)
        let before = try run(graph, parameters)
        let dropped = Set(try dropped(before, shapes[0]))
        let after = replacing(parameters, test) { o, i in dropped.contains(test.isTransposed ? o : i) }
        #expect(try run(graph, after) == before)
    }

    @Test(.enabled(if: hasBFloat16), arguments: needed)
    func convolutionsMakeNothingThatIsDropped(test: Case) throws {
        let shapes = shapes(test, images: 1)
        let made = result(test, images: 1)
        for probability in [Float(0.25), 0.5, 0.8] {
            let graph = OneDNNTests.graph(of: shapes) {
                [dropout2D(result(test, $0[0], $0[1]), probability: probability, key: 7) * 0.5]
            }.rounded(to: .bfloat16)
            let parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1)
            let before = try run(graph, parameters)
            let dropped = Set(try dropped(before, made))
            let after = replacing(parameters, test) { o, i in dropped.contains(test.isTransposed ? i : o) }
            #expect(try run(graph, after) == before)
        }
    }

    /// Parameters whose weights from some channels to some have become infinite.
    private func replacing(_ parameters: [Float], _ test: Case, where isReplaced: (_ o: Int, _ i: Int) -> Bool)
        -> [Float]
    {
        let shapes = shapes(test, images: 1)
        let places = test.window * test.window
        var result = parameters
        for o in 0..<shapes[1][0] {
            for i in 0..<shapes[1][1] where isReplaced(o, i) {
                let first = shapes[0].count + (o * shapes[1][1] + i) * places
                for place in first..<first + places { result[place] = .infinity }
            }
        }
        return result
    }

    /// All channels are made where anything reads more of them than a product with the same noise.
    @Test func everyReaderSaysWhatIsNeeded() {
        let test = Case(channels: (32, 64), window: 3, stride: 2, isTransposed: false)
        let isKnown = { (readers: (Tensor) -> [Tensor]) in
            let graph = OneDNNTests.graph(of: shapes(test, images: 4)) { readers(result(test, $0[0], $0[1])) }
                .rounded(to: .bfloat16)
            let convolution = graph.nodes.indices.first {
                if case .convolution = graph.nodes[$0].operation { true } else { false }
            }
            return convolution.flatMap { DroppedChannels(graph).noiseOfReaders($0) } != nil
        }
        let drop = { (x: Tensor, key: UInt16) in dropout2D(x, probability: 0.5, key: key) }
        #expect(isKnown { [drop($0, 7) * 2] })
        #expect(isKnown { [drop($0 / 3, 7) * 2] })
        #expect(isKnown { [drop(exp($0), 7) * 2] } == false, "only sums and products are followed")
        #expect(isKnown { [drop($0 + $0, 7) * 2] })
        #expect(isKnown { [drop($0, 7) * $0 * 2] }, "what is dropped is multiplied by 0 twice")
        #expect(isKnown { [drop($0, 7) * 2, $0.sum()] } == false, "a sum needs all")
        #expect(isKnown { [drop($0, 7) * 2, drop($0, 8) * 2] } == false, "two masks")
        #expect(isKnown { [drop($0, 7) + $0] } == false, "a sum needs all")
        #expect(isKnown { [drop($0, 7) * 2, $0] } == false, "it is an output")
        #expect(isKnown { [drop($0 / $0, 7) * 2] } == false, "what is divided by zero is no number")
        #expect(isKnown { [dropout($0, probability: 0.5, key: 7) * 2] } == false, "no whole channels")
    }

    @Test(arguments: cases, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func gradientsOfWeightsMultiplyNothingThatIsDropped(test: Case, precision: Precision) throws {
        // Where the channels that are dropped are read in vectors, they are multiplied.
        guard try gradientOfWeight(of: test).leavesOut else { return }
        let shapes = shapes(test, images: 1)
        let graph = OneDNNTests.graph(of: shapes + [[]]) {
            let x = dropout2D($0[0], probability: 0.5, key: 7)
            let y = result(test, x, $0[1])
            // Every gradient of y is the last parameter.
            let loss = (y * $0[2].broadcast(to: y.shape)).sum()
            return [x] + gradients(of: loss, withRespectTo: [$0[1]])
        }.rounded(to: precision)
        var parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1)
        parameters[parameters.count - 1] = .infinity
        let outputs = try run(graph, parameters)
        let dropped = Set(try dropped(outputs, shapes[0]))
        let places = test.window * test.window
        for o in 0..<shapes[1][0] {
            for i in 0..<shapes[1][1] {
                let first = shapes[0].count + (o * shapes[1][1] + i) * places
                let isDropped = dropped.contains(test.isTransposed ? o : i)
                #expect(outputs[first..<first + places].allSatisfy { isDropped ? $0 == 0 : !$0.isFinite })
            }
        }
    }

    /// An image that loses all channels, chunks of several images, and vectors of either width. Convolutions of fewer channels are
    /// oneDNN's, whose bits depend on the chunk.
    @Test(arguments: leftOut)
    func chunksAndVectorsChangeNoBit(test: Case, precision: Precision) throws {
        for test in [test, test.smaller] { try expectTheSameBits(test, precision) }
    }

    private func expectTheSameBits(_ test: Case, _ precision: Precision) throws {
        let engine = try testedEngine()
        // A gradient by x would be oneDNN's in bfloat16.
        let graph = OneDNNTests.graph(of: shapes(test, images: 4)) {
            let y = result(test, dropout2D($0[0], probability: 0.97, key: 7), $0[1]) * 0.5
            return [y] + gradients(of: (y * y).sum(), withRespectTo: precision == .float32 ? $0 : [$0[1]])
        }.rounded(to: precision)
        let parameters = values(graph.parameters.count, seed: 3, kind: 1, scale: 1)
        let sets: [InstructionSet] = engine.instructionSet == .avx2 ? [.avx2] : [.avx2, .avx512]
        let bytes = 4 * (shapes(test, images: 2)[0].count + result(test, images: 2).count)
        let results = try sets.flatMap { set in
            try [1, bytes, 1_000_000].map { try run(graph, parameters, set, bytesOfChunk: $0) }
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    /// An odd number of channels that are read, the last thirty-two among them: the number that fills up the last pair has a place of its
    /// own. And numbers of channels that are made which fill whole and half vectors, and do not.
    @Test(.enabled(if: hasBFloat16), arguments: [48, 64, 96], [0, 1, 16, 30, 37, 40, 47, 53, 64])
    func nothingDependsOnWhatMemoryHeldBefore(channels: Int, made: Int) throws {
        let test = Case(channels: (channels, 64), window: 3, stride: 2, isTransposed: false)
        let graph = OneDNNTests.graph(of: shapes(test, images: 1)) {
            [result(test, dropout2D($0[0], probability: 0.5, key: 7), $0[1]) * 0.5]
        }.rounded(to: .bfloat16)
        let convolutions = try CompiledPlan(graph).runs.compactMap { step -> OwnConvolution? in
            if case .convolution(let convolution, _, _, _, _, _, _, _) = step { convolution } else { nil }
        }
        let convolution = try #require(convolutions.first)
        let kernels = InstructionSet.avx512bfloat16.kernels
        let one = UInt16(Float(1).bitPattern >> 16)
        var image = [UInt16](repeating: one, count: 11 * 12 * channels)
        var kept = [Float](repeating: 1, count: channels)
        kept[0] = 0
        // Spread over all of them: 27 and 64 have no common divisor.
        var needed = [Float](repeating: 0, count: 64)
        for channel in 0..<made { needed[channel * 27 % 64] = 1 }
        // Another one for each channel that is made, and without rounding.
        var weight = (0..<9 * channels * 64).map { Float($0 % 64 + 1) }
        var packed = [UInt8](repeating: 0, count: convolution.packedBytes([64, channels, 3, 3]))
        unsafe convolution.pack(kernels, &weight, &packed)
        for filler in [UInt8(0), 0xFF] {
            var scratch = [UInt8](repeating: filler, count: convolution.scratchBytes)
            var results = [UInt16](repeating: 0xFFFF, count: 6 * 6 * 64)
            unsafe convolution.run(
                kernels, images: 1, &image, kept: kept, needed: needed, &packed, &scratch, &results)
            let values = results.map { Float(bitPattern: UInt32($0) << 16) }
            // The second pixel of the second row has its whole window in the image.
            let sums = (0..<64).map { values[7 * 64 + $0] / Float(9 * (channels - 1) * ($0 + 1)) }
            #expect(zip(sums, needed).allSatisfy { abs($0 - $1) < 0x1p-8 }, "memory held \(filler)")
            #expect(values.indices.allSatisfy { values[$0].isFinite && (values[$0] != 0) == (needed[$0 % 64] != 0) })
        }
    }

    /// The noise after a convolution is there before it, also where nothing is in chunks.
    @Test func noiseIsMadeBeforeConvolutionsThatAskForIt() throws {
        let shapes: [Shape] = [[4, 16, 8, 8], [16, 16, 3, 3], [2, 48, 8, 8], [48, 48, 3, 3]]
        let graph = OneDNNTests.graph(of: shapes) {
            let window = Operation.Convolution(stride: [2, 2], paddingBefore: [1, 1], paddingAfter: [1, 1])
            return [
                convolution($0[0], $0[1], window) * 0.5,
                dropout2D(convolution($0[2], $0[3], window), probability: 0.5, key: 7) * 0.5,
            ]
        }
        for precision in hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32] {
            try expectAgreement(
                graph.rounded(to: precision), tolerance: precision == .float32 ? 2e-5 : 2e-2, scale: 0.3)
        }
    }

    @Test(.enabled(if: hasBFloat16), arguments: [false, true])
    func anyWindowAgreesInBFloat16(isTransposed: Bool) throws {
        for seed in UInt64(0)..<24 {
            var dice = Dice(800 + seed)
            let window = Operation.Convolution(
                stride: SIMD2(dice.roll(1...4), dice.roll(1...4)),
                paddingBefore: SIMD2(dice.roll(0...3), dice.roll(0...3)),
                paddingAfter: SIMD2(dice.roll(0...3), dice.roll(0...3)))
            let weight = Shape([16 * dice.roll(1...6), 16 * dice.roll(1...6), dice.roll(1...4), dice.roll(1...4)])
            let image = Shape([2, weight[1], weight[2] + dice.roll(0...14), weight[3] + dice.roll(0...28)])
            let y = convolution(.parameter("x", image), .parameter("w", weight), window).shape
            let graph = differentiated(of: [isTransposed ? y : image, weight]) {
                let x = dropout2D($0[0], probability: 0.4, key: 7)
                let size = SIMD2(image[2], image[3])
                let y =
                    isTransposed
                    ? transposedConvolution(x, $0[1], window, outputSize: size) : convolution(x, $0[1], window)
                return (seed % 2 == 0 ? dropout2D(y, probability: 0.4, key: 8) : y) * 0.5
            }.rounded(to: .bfloat16)
            let kernels = try CompiledPlan(graph).costs.map(\.kernel)
            #expect(kernels.contains("own, without dropped channels"), "seed \(seed)")
            try expectAgreement(graph, seed: seed, tolerance: 2e-2, scale: 0.3)
        }
    }

    /// Numbers for whole examples are none for each channel.
    @Test(arguments: [[4, 1, 1, 1], [4, 32, 1, 1]] as [Shape])
    func onlyANumberForEachChannelDropsChannels(mask: Shape) throws {
        let test = Case(channels: (32, 64), window: 3, stride: 2, isTransposed: false)
        let graph = differentiated(of: shapes(test, images: 4)) {
            result(test, $0[0] * Tensor.bernoulli(mask, probability: 0.5, key: 3), $0[1]) * 0.5
        }
        let found = graph.nodes.indices.contains {
            graph.nodes[$0].shape == [4, 32, 11, 12] && DroppedChannels(graph).noise($0) != nil
        }
        #expect(found == (mask == [4, 32, 1, 1]))
        try expectAgreement(graph, tolerance: 2e-5, scale: 0.3)
    }

    @Test func gradientsOfWeightsReadInVectorsWhatIsNotDropped() throws {
        for test in Self.cases where min(test.channels.x, test.channels.y) >= 16 {
            let step = try gradientOfWeight(of: test)
            #expect(step.leavesOut, "\(test)")
            #expect(step.vectorsAreInputs == test.isTransposed, "\(test)")
        }
    }

    private func gradientOfWeight(of test: Case) throws -> (vectorsAreInputs: Bool, leavesOut: Bool) {
        let graph = differentiated(of: shapes(test, images: 2)) {
            result(test, dropout2D($0[0], probability: 0.5, key: 7), $0[1])
        }
        let steps = try CompiledPlan(graph).runs.compactMap { step -> (Bool, Bool)? in
            guard case .weightGradient(let gradient, _, _, _, _, let kept, _, _) = step else { return nil }
            return (gradient.vectorsAreInputs, kept != nil)
        }
        return try #require(steps.count == 1 ? steps[0] : nil)
    }

    private func run(
        _ graph: Graph, _ parameters: [Float], _ set: InstructionSet? = nil, bytesOfChunk: Int = Schedule.bytesOfChunk
    ) throws -> [Float] {
        let engine = try testedEngine()
        let executable = try engine.compile(graph, own: set ?? engine.instructionSet, bytesOfChunk: bytesOfChunk)
        var outputs = [Float](repeating: .nan, count: graph.outputs.count)
        executable.load(parameters: parameters, statistics: [])
        executable.run(inputs: [], noise: keys(rows: graph.noiseRows ?? 0, seed: 1), into: &outputs)
        return outputs
    }

    /// The channels of one image that are zero; some are, and some are not.
    private func dropped(_ values: [Float], _ image: Shape) throws -> [Int] {
        let pixels = image[2] * image[3]
        let dropped = (0..<image[1]).filter { values[$0 * pixels..<($0 + 1) * pixels].allSatisfy { $0 == 0 } }
        try #require(!dropped.isEmpty && dropped.count < image[1])
        return dropped
    }
}
