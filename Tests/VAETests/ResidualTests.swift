import SeededRandomness
import Tensors
import Testing

@testable import VAE

/// Layers within layers: their names, keys and values.
@Suite struct ResidualTests {
    private func model(_ description: ModelDescription = TinyModels.blocks) throws -> VariationalAutoencoder {
        try VariationalAutoencoder(description, Objective(likelihood: .squaredError))
    }

    /// A block's layers come first, in their order, and then its projection.
    @Test func tensorsAreNamedByTheirPlaces() throws {
        let names = try model().parameters.slices.map(\.name)
        #expect(
            names.prefix(12) == [
                "encoder/0/convolution/weight", "encoder/0/convolution/bias", "encoder/1/group_normalization/scale",
                "encoder/1/group_normalization/offset", "encoder/4/residual/0/convolution/weight",
                "encoder/4/residual/0/convolution/bias", "encoder/4/residual/3/residual/0/batch_normalization/scale",
                "encoder/4/residual/3/residual/0/batch_normalization/offset", "encoder/4/residual/projection/weight",
                "encoder/7/residual/0/linear/weight", "encoder/7/residual/0/linear/bias",
                "encoder/7/residual/projection/weight",
            ])
        #expect(Set(names).count == names.count)
        #expect(try model().parameters["encoder/4/residual/projection/weight"]?.shape == [3, 4, 1, 1])
        #expect(try model().parameters["encoder/7/residual/projection/weight"]?.shape == [5, 3])
        #expect(
            try model().statistics.slices.map(\.name) == [
                "encoder/4/residual/3/residual/0/batch_normalization/mean",
                "encoder/4/residual/3/residual/0/batch_normalization/variance",
            ])
    }

    private func noiseKeys(_ description: ModelDescription) throws -> [UInt16] {
        try model(description).trainingGraph(microbatch: 3).nodes.compactMap {
            if case .noise(let noise) = $0.operation { noise.key } else { nil }
        }.sorted()
    }

    /// A layer of the network keeps the key of its place, whatever lies within the layers before it.
    @Test func noiseOfLayersWithinOthersHasKeysOfItsOwn() throws {
        #expect(try noiseKeys(TinyModels.blocks) == [0, 0x1008, 0x1202, 0x1205])
        #expect(try noiseKeys(TinyModels.convolutional) == [0, 0x1003, 0x1007])
        var two = TinyModels.blocks
        two.encoder.insert(.residual(.dropout(probability: 0.5), .dropout(probability: 0.5)), at: 0)
        #expect(try noiseKeys(two) == [0, 0x1009, 0x1200, 0x1201, 0x1204, 0x1207])
    }

    /// The same sum, written out.
    @Test func aBlockAddsWhatItsLayersMakeToItsProjectedInput() throws {
        let layer = Layer.residual(.convolution(filters: 3, window: 3, stride: 2, padding: 1, bias: false), .silu)
        let chain = try LayerChain([layer], input: [2, 5, 4])
        #expect(chain.output == [3, 3, 2])
        let x = Tensor.parameter("x", [2, 2, 5, 4])
        let weight = Tensor.parameter("n/0/residual/0/convolution/weight", [3, 2, 3, 3])
        let projection = Tensor.parameter("n/0/residual/projection/weight", [3, 2, 1, 1])
        let result = chain.apply(to: x, .training, under: "n", LayerKeys(own: 0, within: 1)).result
        let branch = silu(
            convolution(x, weight, .init(stride: [2, 2], paddingBefore: [1, 1], paddingAfter: [1, 1])))
        let skip = convolution(x, projection, .init(stride: [2, 2], paddingBefore: [0, 0], paddingAfter: [0, 0]))
        let table = SliceTable([
            ("x", x.shape), ("n/0/residual/0/convolution/weight", weight.shape),
            ("n/0/residual/projection/weight", projection.shape),
        ])
        var generator = SeededGenerator(seed: 4)
        let values = generator.values(table.count)
        func run(_ tensor: Tensor) -> [Double] {
            Interpreter.run(Graph(parameters: table, outputs: [("y", tensor)]), parameters: values)
        }
        #expect(run(result) == run(skip + branch))
        let plain = try LayerChain([.residual(.tanh)], input: [2, 5, 4])
        #expect(plain.parameters.isEmpty)
        #expect(run(plain.apply(to: x, .training, under: "n", LayerKeys(own: 0, within: 1)).result) == run(x + tanh(x)))
    }

    /// What a microbatch takes in memory is estimated from it.
    @Test func valuesWithinBlocksCount() throws {
        let inner: [Layer] = [.linear(units: 7), .linear(units: 3)]
        #expect(try LayerChain(inner, input: [4]).values == 4 + 7 + 3)
        #expect(try LayerChain([.residual(.linear(units: 7), .linear(units: 3))], input: [4]).values == 7 + 14 + 3)
        #expect(try LayerChain([.residual(.linear(units: 7), .linear(units: 4))], input: [4]).values == 8 + 15)
    }

    @Test func aNormalisationWithoutVarianceIsFoundWithinBlocks() throws {
        let images = ImageDescription(channels: 1, height: 2, width: 2)
        let model = try VariationalAutoencoder(
            ModelDescription(
                images: images, encoder: [.flatten, .residual(.tanh, .batchNormalization())], latents: 1,
                decoder: [.linear(units: 4), .reshape(1, 2, 2)]), Objective(likelihood: .squaredError))
        let error = #expect(throws: DescriptionError.self) { try model.trainingGraph(microbatch: 1) }
        #expect(error?.path == "encoder/1/residual/1/batch_normalization")
        #expect(throws: Never.self) { try model.trainingGraph(microbatch: 2) }
    }
}
