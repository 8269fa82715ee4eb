import Contract
import Tensors
import Testing
import TrainingTestSupport
import VAE

@testable import Training

/// Labels on their way from the data to a step.
@Suite struct LabelTests {
    private static let m2 = RunConfiguration.tinyLabelled[1]

    private static func digest(
        _ program: TrainingProgram, _ source: LabelledExampleSource, steps: Int = 6
    ) throws -> String {
        var trainer = try LocalTrainer(
            program, engine: Interpreter(), source: source, state: program.initialState())
        try trainer.train(to: steps)
        return "\(trainer.state.digest)"
    }

    private static func labelled(_ program: TrainingProgram) throws -> Set<UInt32> {
        Set(try #require(program.plan.labelled).examples)
    }

    @Test func labelsOfUnlabelledExamplesInfluenceNothing() throws {
        var source = LabelledExampleSource()
        let program = try TrainingProgram(Self.m2, source: source)
        let kept = try Self.labelled(program)
        #expect(kept.count == 12)
        let (digest, fingerprint) = (try Self.digest(program, source), try program.fingerprint(of: source))
        for example in 0..<100 where !kept.contains(UInt32(example)) {
            source.training[example] = (source.training[example]! + 1 + example % 2) % 3
        }
        let contract = try program.contract(engine: Interpreter(), dataFingerprint: fingerprint)
        #expect(try Self.digest(TrainingProgram(contract), source) == digest)
        #expect(try program.fingerprint(of: source) == fingerprint)
    }

    /// In a file that has the labels of the chosen ones alone, the same ones are chosen.
    @Test func filesOfFewLabelsAreAsGood() throws {
        let source = LabelledExampleSource()
        let program = try TrainingProgram(Self.m2, source: source)
        var sparse = source
        for example in 0..<100 where try !Self.labelled(program).contains(UInt32(example)) {
            sparse.training[example] = nil
        }
        let other = try TrainingProgram(Self.m2, source: sparse)
        #expect(other.plan == program.plan)
        #expect(try other.fingerprint(of: sparse) == program.fingerprint(of: source))
        #expect(try Self.digest(other, sparse) == Self.digest(program, source))
    }

    @Test func labelsOfLabelledExamplesCount() throws {
        let source = LabelledExampleSource()
        let program = try TrainingProgram(Self.m2, source: source)
        let first = try #require(program.plan.labelled).examples[0]
        var other = source
        other.training[Int(first)] = (source.training[Int(first)]! + 1) % 3
        #expect(try program.fingerprint(of: other) != program.fingerprint(of: source))
        #expect(try Self.digest(program, other) != Self.digest(program, source))
    }

    @Test func onlyLabelsThatMayBeReadLeaveTheCoordinator() throws {
        let source = LabelledExampleSource()
        let program = try TrainingProgram(Self.m2, source: source)
        let kept = try Self.labelled(program)
        #expect(program.bytesPerExample == 17)
        let bytes = try program.bytes(of: Array(0..<100), in: .train, from: source)
        for example in 0..<100 {
            #expect(
                Array(bytes[17 * example..<17 * example + 16]) == source.pixels(of: [example], in: .train))
            let label = kept.contains(UInt32(example)) ? UInt8(source.training[example]!) : 255
            #expect(bytes[17 * example + 16] == label)
        }
        let heldOut = try program.bytes(of: [4], in: .valid, from: source)
        #expect(heldOut.last == 1)
        let plain = try TrainingProgram.tiny()
        #expect(plain.bytesPerExample == 16)
        #expect(try plain.bytes(of: [3], in: .train, from: source) == source.pixels(of: [3], in: .train))
        #expect(try plain.fingerprint(of: source) == source.fingerprint)
    }

    /// The mean over a pass of what a step reports is that of all examples, though labelled ones come more often.
    @Test func aPassReportsTheMeanOfAllTheData() throws {
        let source = LabelledExampleSource()
        var configuration = Self.m2
        configuration.learningRate = LearningRateSchedule(base: 1e-30)
        configuration.model.images.binarize = nil
        let program = try TrainingProgram(configuration, source: source)
        var trainer = try LocalTrainer(program, engine: Interpreter(), source: source, state: program.initialState())
        // 22 others a shard at three a step: 22 steps are three passes of them.
        var sum = 0.0
        for _ in 0..<22 { sum += try trainer.takeStep().reconstruction }
        let all = try #require(
            try Evaluator(program, engine: Interpreter(), source: Swapped(source)).evaluate(program.initialState()))
        #expect(abs(sum / 22 - all.reconstruction) < 0.02 * all.reconstruction)
    }

    /// The training examples as held-out ones.
    private struct Swapped: ExampleSource {
        let source: LabelledExampleSource
        init(_ source: LabelledExampleSource) { self.source = source }
        var channels: Int { source.channels }
        var height: Int { source.height }
        var width: Int { source.width }
        var fingerprint: String { source.fingerprint }
        func count(_ split: Split) -> Int { source.count(.train) }
        func pixels(of rows: [Int], in split: Split) -> [UInt8] { source.pixels(of: rows, in: .train) }
        func labels(of rows: [Int], in split: Split) -> [Int?] { source.labels(of: rows, in: .train) }
    }

    @Test(arguments: RunConfiguration.tinyLabelled.indices)
    func trainingLowersTheLoss(index: Int) throws {
        let source = LabelledExampleSource()
        let program = try TrainingProgram(RunConfiguration.tinyLabelled[index], source: source)
        var trainer = try LocalTrainer(program, engine: Interpreter(), source: source, state: program.initialState())
        try trainer.train(to: 60)
        let losses = trainer.history.train.map(\.negativeELBO)
        #expect(try #require(losses.last) < losses[0])
        let found = try #require(
            try Evaluator(program, engine: Interpreter(), source: source).evaluate(trainer.state))
        let accuracy = found.others.first { $0.name == "accuracy" }?.value
        #expect(index == 0 ? accuracy == nil : (0...1).contains(accuracy ?? -1))
    }

    @Test func dataWithoutWhatIsAskedForIsRefused() throws {
        func problem(
            _ configuration: RunConfiguration, _ change: (inout LabelledExampleSource) -> Void = { _ in }
        ) -> String {
            var source = LabelledExampleSource()
            change(&source)
            do {
                _ = try TrainingProgram(configuration, source: source)
                return ""
            } catch { return "\(error)" }
        }
        let conditional = RunConfiguration.tinyLabelled[0]
        #expect(problem(Self.m2) == "" && problem(conditional) == "")
        #expect(problem(conditional) { $0.training = $0.training.map { _ in nil } }.contains("have no labels"))
        #expect(
            problem(conditional) { $0.training[7] = nil }.contains("1 of the data's 100 training images have no label"))
        #expect(
            problem(Self.m2) { $0.training = $0.training.map { _ in nil } }.contains("images have no labels")
        )
        #expect(
            problem(Self.m2) { $0.training[7] = 3 }.contains(
                "an image of class 3, and a model of 3 classes knows 0 to 2"))
        #expect(problem(Self.m2) { $0.training[7] = nil } == "")
        #expect(
            problem(Self.m2) { $0.validation[2] = nil }.contains("1 of the data's 21 held-out images have no label"))
        var wrong = Self.m2
        wrong.labels?.labelled = 13
        #expect(problem(wrong).contains("take a multiple of 3"))
        wrong.labels = LabelSelection(labelled: 12, perMicrobatch: 5)
        #expect(problem(wrong).contains("cannot have 5 labelled rows"))
        var useless = RunConfiguration.tiny
        useless.labels = LabelSelection(labelled: 12, perMicrobatch: 1)
        #expect(problem(useless).contains("reads no labels"))
        var halfLabelled = conditional
        halfLabelled.labels = Self.m2.labels
        #expect(problem(halfLabelled).contains("needs the label of every image"))
        #expect(throws: ConfigurationProblem.self) {
            try TrainingProgram(Self.m2, trainingExamples: 100, validationExamples: 0)
        }
    }

    @Test func samplesAreOfEveryClassOrOne() throws {
        let source = LabelledExampleSource()
        let program = try TrainingProgram(RunConfiguration.tinyLabelled[0], source: source)
        let model = ImageModel(program, state: program.initialState(), engine: Interpreter())
        let codes = try model.priorCodes(count: 4, seed: 3)
        #expect(
            (0..<4).map { Array(codes[5 * $0 + 2..<5 * $0 + 5]) } == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
        let ones = try model.priorCodes(count: 2, seed: 3, label: 1)
        #expect(Array(ones[2..<5]) == [0, 1, 0] && Array(ones[7..<10]) == [0, 1, 0])
        #expect(Array(ones[0..<2]) == Array(codes[0..<2]))
        let pixels = source.pixels(of: [0, 1], in: .valid)
        #expect(try model.decode(model.codes(pixels)) == model.reconstruct(pixels))
        let probabilities = try #require(try model.classProbabilities(pixels))
        #expect(probabilities.count == 6)
        let plain = try TrainingProgram.tiny()
        #expect(
            try ImageModel(plain, state: plain.initialState(), engine: Interpreter()).classProbabilities(pixels) == nil)
    }
}
