import Contract
import OneDNN
import Tensors
import Testing
import TrainingTestSupport
import VAE

@testable import Training

/// Drawn pixels and mirrored images in whole runs.
@Suite struct ImagePreparationTests {
    /// Each option that draws.
    static let options: [ImageDescription] = [
        ImageDescription(channels: 1, height: 4, width: 4, binarize: .dynamic),
        ImageDescription(channels: 1, height: 4, width: 4, binarize: .static),
        ImageDescription(channels: 1, height: 4, width: 4, flip: 0.5),
        ImageDescription(channels: 1, height: 4, width: 4, dequantize: true),
    ]

    private static func configuration(_ images: ImageDescription) -> RunConfiguration {
        var configuration = RunConfiguration.tiny
        configuration.model.images = images
        return configuration
    }

    private static func trainer(_ images: ImageDescription, _ engine: any Engine) throws -> LocalTrainer {
        let program = try TrainingProgram.tiny(configuration(images))
        return try LocalTrainer(program, engine: engine, source: RandomExamples(), state: program.initialState())
    }

    /// The same draws in Float32 kernels and in the Float64 interpreter.
    @Test(arguments: options) func theEngineTrainsAsTheInterpreterDoes(images: ImageDescription) throws {
        var fast = try Self.trainer(images, OneDNNEngine())
        var exact = try Self.trainer(images, Interpreter())
        try fast.train(to: 8)
        try exact.train(to: 8)
        for (left, right) in zip(fast.history.train + fast.history.valid, exact.history.train + exact.history.valid) {
            #expect(abs(left.negativeELBO - right.negativeELBO) < 1e-3, "\(left), \(right)")
        }
        var plain = try Self.trainer(RunConfiguration.tiny.model.images, Interpreter())
        try plain.train(to: 8)
        #expect(plain.state.digest != exact.state.digest)
    }

    /// Mirroring changes the pixels and nothing else.
    @Test func aLeafOfFlippedImagesIsThatOfMirroredPixels() throws {
        func partial(flip: Float, mirrored: Bool) throws -> [Float] {
            let program = try TrainingProgram.tiny(
                Self.configuration(ImageDescription(channels: 1, height: 4, width: 4, flip: flip)))
            let leaf = try program.leafComputer(engine: Interpreter())
            leaf.load(program.initialState().parameterMemory)
            let microbatch = program.plan.microbatch(step: 0, shard: 1, seed: program.configuration.seed)
            var pixels = RandomExamples().pixels(of: microbatch.examples.map(Int.init), in: .train)
            if mirrored {
                pixels = stride(from: 0, to: pixels.count, by: 4).flatMap { pixels[$0..<$0 + 4].reversed() }
            }
            var partial = [Float](repeating: 0, count: program.layout.partialCount)
            leaf.compute(microbatch, step: 0, pixels: pixels, into: &partial)
            return partial
        }
        #expect(try partial(flip: 1, mirrored: false) == partial(flip: 0, mirrored: true))
        #expect(try partial(flip: 1, mirrored: false) != partial(flip: 0, mirrored: false))
    }

    /// With the parameters that a run begins with, so that only the held-out images count.
    @Test func evaluationFlipsNothingAndDrawsTheSameEveryTime() throws {
        func evaluation(_ images: ImageDescription) throws -> EvaluationMetrics? {
            let program = try TrainingProgram.tiny(Self.configuration(images))
            let evaluator = try Evaluator(program, engine: Interpreter(), source: RandomExamples())
            let first = try evaluator.evaluate(program.initialState())
            #expect(try evaluator.evaluate(program.initialState()) == first)
            return first
        }
        let plain = try evaluation(RunConfiguration.tiny.model.images)
        let found = try Self.options.map(evaluation)
        #expect(found[2] == plain, "flipped")
        #expect(found[0] != plain && found[1] != plain && found[3] != plain)
    }

    /// Reconstructions of the first held-out images see the pixels that their evaluation does, however many there are.
    @Test func reconstructionsOfTheSameImagesAreTheSame() throws {
        for images in Self.options {
            let program = try TrainingProgram.tiny(Self.configuration(images))
            let model = ImageModel(program, state: program.initialState(), engine: Interpreter())
            let pixels = RandomExamples().pixels(of: Array(0..<20), in: .valid)
            let all = try model.reconstruct(pixels)
            #expect(try model.reconstruct(Array(pixels.prefix(3 * 16))) == Array(all.prefix(3 * 16)))
        }
    }

    @Test(arguments: options) func theyArePartOfTheContract(images: ImageDescription) throws {
        let engine = Interpreter()
        let contract = try TrainingProgram.tiny(Self.configuration(images))
            .contract(engine: engine, dataFingerprint: "f")
        let again = try RunConfiguration(Contract(json: contract.canonicalJSON))
        #expect(again.model.images == images)
        let plain = try TrainingProgram.tiny().contract(engine: engine, dataFingerprint: "f")
        #expect(plain.configuration != contract.configuration)
    }
}
