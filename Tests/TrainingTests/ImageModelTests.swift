import Tensors
import Testing
import TrainingTestSupport

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
