import Tensors
import Testing

@testable import VAE

@Suite struct PresetTests {
    /// Those of the published notebooks, and for `mlp` 784·400 + 400 + 2·(400·128 + 128) + 128·400 + 400 + 400·784 + 784.
    @Test(arguments: [
        ("mlp", 782_640), ("mnist", 207_237), ("face-64", 581_475), ("face-128", 2_649_075),
        ("face-128-upsampling", 2_649_075), ("beta-face-64", 286_371),
    ])
    func parametersAreAsManyAsPublished(name: String, count: Int) throws {
        let preset = try #require(Preset.named(name))
        #expect(try VariationalAutoencoder(preset.model, preset.objective).parameters.count == count)
    }

    @Test func namesAreUniqueAndUnknownOnesHaveNoPreset() {
        #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
        #expect(Preset.named("face-65") == nil)
    }

    @Test func everyPresetSaysWhatItIsInALine() {
        for preset in Preset.all {
            #expect((20...110).contains(preset.summary.count), "\(preset.name): \(preset.summary)")
        }
    }

    @Test func parametersAreNamedAndShapedAsPyTorchsLayers() throws {
        let model = try VariationalAutoencoder(Preset.face128.model, Preset.face128.objective)
        let expected: [(String, Shape)] = [
            ("encoder/0/convolution/weight", [32, 3, 3, 3]), ("encoder/1/batch_normalization/scale", [32]),
            ("encoder/4/convolution/weight", [64, 32, 3, 3]), ("encoder/mean/weight", [200, 4096]),
            ("encoder/log_variance/bias", [200]), ("decoder/0/linear/weight", [4096, 200]),
            ("decoder/2/transposed_convolution/weight", [64, 64, 3, 3]),
            ("decoder/10/transposed_convolution/weight", [64, 32, 3, 3]),
            ("decoder/14/transposed_convolution/weight", [32, 3, 3, 3]),
            ("decoder/14/transposed_convolution/bias", [3]),
        ]
        for (name, shape) in expected { #expect(model.parameters[name]?.shape == shape, "\(name)") }
        #expect(model.parameters["encoder/0/convolution/bias"] == nil)
        #expect(model.statistics["decoder/3/batch_normalization/variance"]?.shape == [64])
        #expect(model.statistics.count == 2 * (32 + 64 + 64 + 64 + 64 + 64 + 32))
    }

    @Test(arguments: Preset.all)
    func everyGraphIsBuilt(preset: Preset) throws {
        let model = try VariationalAutoencoder(preset.model, preset.objective)
        let training = try model.trainingGraph(microbatch: 4)
        #expect(
            Array(training.outputs.slices.prefix(model.parameters.slices.count).map(\.offset))
                == model.parameters.slices.map(\.offset))
        #expect(training.outputs.count == model.parameters.count + model.statistics.count + model.metrics.count)
        #expect(model.evaluationGraph(microbatch: 4).outputs.count == model.metrics.count + 1)
        #expect(model.reconstructionGraph(count: 2).outputs.count == 2 * preset.model.images.shape.count)
        #expect(model.samplingGraph(count: 2).outputs.count == 2 * preset.model.images.shape.count)
        #expect(model.encodingGraph(count: 2).outputs.count >= 2 * preset.model.latents.count)
    }

    /// The images need no gradient, so the first convolution has none with respect to its input.
    @Test func theFirstLayerHandsNoGradientToTheImages() throws {
        let model = try VariationalAutoencoder(Preset.face64.model, Preset.face64.objective)
        let graph = try model.trainingGraph(microbatch: 2)
        #expect(!graph.nodes.contains { $0.shape == [2, 3, 64, 64] && isInputGradient($0, of: 32, in: graph) })
    }

    private func isInputGradient(_ node: Graph.Node, of channels: Int, in graph: Graph) -> Bool {
        guard case .convolutionInputGradient = node.operation else { return false }
        return graph.nodes[node.inputs[1]].operation == .parameter("encoder/0/convolution/weight")
    }
}
