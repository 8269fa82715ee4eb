import Foundation
import Tensors
import Testing

@testable import VAE

@Suite struct ModelDescriptionTests {
    private func decode(_ json: String) throws -> ModelDescription {
        try JSONDecoder().decode(ModelDescription.self, from: Data(json.utf8))
    }

    @Test(arguments: Preset.all)
    func presetsSurviveEncoding(preset: Preset) throws {
        let (model, objective) = (try JSONEncoder().encode(preset.model), try JSONEncoder().encode(preset.objective))
        #expect(try JSONDecoder().decode(ModelDescription.self, from: model) == preset.model)
        #expect(try JSONDecoder().decode(Objective.self, from: objective) == preset.objective)
    }

    @Test(arguments: [Likelihood.bernoulli, .squaredError, .gaussian(variance: .fixed(0.5))])
    func likelihoodsSurviveEncoding(likelihood: Likelihood) throws {
        let data = try JSONEncoder().encode([likelihood])
        #expect(try JSONDecoder().decode([Likelihood].self, from: data) == [likelihood])
    }

    @Test func everyLayerSurvivesEncoding() throws {
        let models = [TinyModels.convolutional, TinyModels.blocks]
        let layers = models.flatMap { $0.encoder + $0.decoder } + [.relu]
        #expect(try JSONDecoder().decode([Layer].self, from: try JSONEncoder().encode(layers)) == layers)
    }

    @Test func layersAreWordsOrNamesWithSettings() throws {
        let model = try decode(
            """
            {"images": {"channels": 1, "height": 4, "width": 4, "binarize": 0.5}, "latents": 2,
             "encoder": ["flatten", {"linear": {"units": 3}}, "batch_normalization", "leaky_relu"],
             "decoder": [{"linear": {"units": 16, "bias": false}}, {"reshape": [1, 4, 4]}]}
            """)
        #expect(model.encoder == [.flatten, .linear(units: 3), .batchNormalization(), .leakyReLU(slope: 0.01)])
        #expect(model.decoder == [.linear(units: 16, bias: false), .reshape(1, 4, 4)])
    }

    @Test func residualLayersAreListsOfLayers() throws {
        let text = #"["relu", {"residual": [{"linear": {"units": 3}}, {"residual": ["silu"]}]}]"#
        let layers = try JSONDecoder().decode([Layer].self, from: Data(text.utf8))
        #expect(layers == [.relu, .residual(.linear(units: 3), .residual(.silu))])
    }

    private func message(_ encoder: String) -> (text: String, path: String) {
        let json = """
            {"images": {"channels": 1, "height": 4, "width": 4}, "latents": 2, "encoder": [\(encoder)], "decoder": []}
            """
        do {
            _ = try decode(json)
            return ("accepted", "")
        } catch DecodingError.dataCorrupted(let context) {
            return (context.debugDescription, context.codingPath.map(\.stringValue).joined(separator: "/"))
        } catch {
            return ("\(error)", "")
        }
    }

    @Test func unknownNamesAreRefusedWithTheNearestKnownOne() {
        let misspelt = message(#"{"convolution": {"fliters": 3, "window": 3}}"#)
        #expect(misspelt.text == "unknown key `fliters`; did you mean `filters`?")
        #expect(misspelt.path.hasPrefix("encoder/") && misspelt.path.hasSuffix("convolution/fliters"))
        #expect(message(#""Relu""#).text == "unknown name `Relu`; did you mean `relu`?")
        #expect(message(#"{"attention": {"heads": 3}}"#).text.contains("known are linear, convolution"))
        #expect(message(#""linear""#).text == "`linear` needs settings below it")
        #expect(message(#"{"relu": {"slope": 1}}"#).text == "`relu` takes no settings: write the bare word")
        #expect(message(#"{"dropout": {"probability": 0.5}, "linear": {"units": 1}}"#).text.contains("one name"))
    }
}
