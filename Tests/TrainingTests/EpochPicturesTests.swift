import Files
import Pictures
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct EpochPicturesTests {
    @Test func picturesShowEveryExampleSampleAndEpoch() throws {
        try withTemporaryDirectory { directory in
            let program = try TrainingProgram.tiny()
            var trainer = try LocalTrainer.tiny(program)
            try trainer.train(to: 8)
            let pictures = EpochPictures(
                program, engine: Interpreter(), originals: try EpochPictures.originals(of: RandomExamples()))
            let paths = try pictures.write(.epoch(2), trainer.state, trainer.history, to: directory)
            #expect(
                paths == ["reconstructions-0002", "samples-0002", "loss"].map { "\(directory)/\($0).png" })
            #expect(try PosixFileSystem().names(in: directory).count == 3)
            let reconstructions = try PNG.read(paths[0])
            #expect(reconstructions.width == 8 * 6 + 2 && reconstructions.height == 3 * 6 + 2)
            let original = RandomExamples().pixels(of: [0], in: .valid)
            #expect((0..<4).allSatisfy { reconstructions[2 + $0, 2, 0] == original[$0] })
            #expect(try PNG.read(paths[1]).width == 8 * 6 + 2)
        }
    }

    /// A run that is shorter than an epoch has no mean of an epoch, and its pictures are named by their step.
    @Test func picturesWithinAnEpochAreNamedByTheirStep() throws {
        try withTemporaryDirectory { directory in
            let program = try TrainingProgram.tiny()
            var trainer = try LocalTrainer.tiny(program)
            try trainer.train(to: 2)
            let pictures = EpochPictures(
                program, engine: Interpreter(), originals: try EpochPictures.originals(of: RandomExamples()))
            let paths = try pictures.write(.step(2), trainer.state, trainer.history, to: directory)
            #expect(
                paths
                    == ["reconstructions-step-0000000002", "samples-step-0000000002", "loss"].map {
                        "\(directory)/\($0).png"
                    })
        }
    }

    @Test func aPictureThatCannotBeWrittenIsAnErrorThatNamesIt() throws {
        let program = try TrainingProgram.tiny()
        let pictures = EpochPictures(
            program, engine: Interpreter(), originals: try EpochPictures.originals(of: RandomExamples()))
        let error = #expect(throws: FileError.self) {
            _ = try pictures.write(.epoch(1), program.initialState(), History(), to: "/nowhere/samples")
        }
        #expect(error?.description.contains("/nowhere/samples/reconstructions-0001.png") == true)
    }
}
