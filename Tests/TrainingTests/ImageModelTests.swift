import Tensors
import Testing
import TrainingTestSupport
import VAE

@testable import Training

@Suite struct ImageModelTests {
    static func model() throws -> ImageModel {
        let program = try TrainingProgram.tiny()
        return ImageModel(program, state: program.initialState(), engine: Interpreter())
    }

    @Test func anyNumberOfImagesGivesTheSameRows() throws {
        let model = try Self.model()
        let pixels = RandomExamples().pixels(of: Array(0..<35), in: .train)
        let together = try model.reconstruct(pixels)
        let means = try model.means(pixels)
        #expect(together.count == 35 * 16 && means.count == 70)
        for row in [0, 15, 16, 34] {
            let image = Array(pixels[row * 16..<(row + 1) * 16])
            #expect(try model.reconstruct(image) == Array(together[row * 16..<(row + 1) * 16]))
            #expect(try model.means(image) == Array(means[row * 2..<(row + 1) * 2]))
        }
        #expect(try model.reconstruct([]) == [])
    }

    @Test func reconstructingIsEncodingAndDecodingTheMean() throws {
        let model = try Self.model()
        let pixels = RandomExamples().pixels(of: [3, 4], in: .train)
        #expect(try model.decode(model.means(pixels)) == model.reconstruct(pixels))
    }

    @Test func theEncoderSaysMeansAndLogVariances() throws {
        let model = try Self.model()
        #expect(model.encoding.map(\.name) == ["mean", "log_variance"] && model.encoding.map(\.width) == [2, 2])
        let pixels = RandomExamples().pixels(of: Array(0..<20), in: .train)
        let encoded = try model.encode(pixels)
        #expect(try encoded[0] == model.means(pixels) && encoded[1].count == 40)
    }

    @Test func drawnPixelsAreAFunctionOfTheSeed() throws {
        let model = try Self.model()
        let codes = try model.priorCodes(count: 20, seed: 1)
        let drawn = try model.decode(codes, .drawn, seed: 1)
        #expect(try model.decode(Array(codes.prefix(6)), .drawn, seed: 1) == Array(drawn.prefix(48)))
        #expect(try model.decode(codes, .drawn, seed: 2) != drawn)
        #expect(try model.decode(codes, .mean, seed: 2) == model.decode(codes))
    }

    @Test func theTemperatureScalesThePrior() throws {
        let model = try Self.model()
        let codes = try model.priorCodes(count: 5, seed: 1)
        #expect(try model.priorCodes(count: 5, seed: 1, temperature: 0.5) == codes.map { 0.5 * $0 })
        #expect(try model.priorCodes(count: 5, seed: 1, temperature: 0).allSatisfy { $0 == 0 })
    }

    @Test func samplesAreAFunctionOfTheSeed() throws {
        let model = try Self.model()
        let samples = try model.sample(count: 3, seed: 1)
        #expect(try model.sample(count: 20, seed: 1).prefix(48) == samples[...])
        #expect(try model.sample(count: 3, seed: 2) != samples)
        var trainer = try LocalTrainer.tiny(model.program)
        try trainer.train(to: 2)
        model.load(trainer.state)
        #expect(try model.sample(count: 3, seed: 1) != samples)
    }
}
