import Contract
import Tensors
import Testing
import TrainingTestSupport
import VAE

@testable import Training

@Suite struct RunConfigurationTests {
    @Test(arguments: RunConfiguration.presetNames + ["tiny"])
    func aConfigurationComesBackFromItsTree(_ name: String) throws {
        let configuration = try #require(name == "tiny" ? .tiny : RunConfiguration.preset(name))
        #expect(try RunConfiguration(configuration.node, file: "a.yaml") == configuration)
        let text = try #require(ConfigurationNode(json: configuration.node.description))
        #expect(try RunConfiguration(text, file: "a.yaml") == configuration)
        let labelled = configuration.labels.map { (0..<$0.labelled).map { UInt32($0) } }
        _ = try TrainingProgram(configuration, trainingExamples: 1000, validationExamples: 10, labelled: labelled)
    }

    /// Division by a temperature of 0 would end a run at the end of its schedule.
    @Test(arguments: ["0", "{linear: {from: 1, to: 0, epochs: 2}}"])
    func temperaturesAreAboveZero(temperature: String) throws {
        var configuration = try #require(RunConfiguration.preset("mlp-gumbel"))
        configuration.temperature = temperature == "0" ? .constant(0) : .linear(from: 1, to: 0, epochs: 2)
        #expect(throws: ConfigurationError.self) { try RunConfiguration(configuration.node, file: "a.yaml") }
    }

    @Test func presetsHaveTheirBatches() throws {
        for name in RunConfiguration.presetNames {
            let configuration = try #require(RunConfiguration.preset(name))
            #expect(
                configuration.shards * configuration.microbatch
                    == (["face-64", "beta-face-64", "iwae"].contains(name) ? 128 : 256))
        }
        #expect(RunConfiguration.preset("mlp")?.clipping.count == 2)
        #expect(RunConfiguration.preset("lenet") == nil)
    }

    @Test func sizedPresetsHaveBatchesThatTheDataAndTheMemoryAllow() throws {
        func batch(_ height: Int, _ width: Int, _ examples: Int?) throws -> Int {
            let images = ImageDescription(channels: 3, height: height, width: width)
            let set = ImageSet(images, trainingExamples: examples)
            let configuration = try RunConfiguration(.face, for: set)
            _ = try TrainingProgram(configuration, trainingExamples: examples ?? 1000, validationExamples: 0)
            let read = try RunConfiguration(configuration.node, file: "a.yaml")
            #expect(read == configuration)
            return configuration.shards * configuration.microbatch
        }
        #expect(try batch(64, 64, nil) == 128 && batch(64, 64, 5_000) == 128 && batch(128, 128, 640) == 128)
        #expect(try batch(218, 178, nil) == 32 && batch(512, 512, nil) == 32)
        #expect(try batch(64, 64, 160) == 32 && batch(45, 45, 20) == 16 && batch(45, 45, 8) == 8)
    }

    @Test func defaultsMayBeLeftOut() throws {
        guard case .dictionary(var entries) = RunConfiguration.tiny.node else { return }
        for key in ["divergence_weight", "optimizer", "clipping", "seed"] { entries[key] = nil }
        entries["learning_rate"] = .number(0.001)
        let configuration = try RunConfiguration(.dictionary(entries), file: "a.yaml")
        #expect(configuration.learningRate == LearningRateSchedule(base: 0.001))
        #expect(configuration.divergenceWeight == .constant(1) && configuration.optimizer == .adam(Adam()))
        #expect(configuration.clipping == [] && configuration.seed == 1)
    }

    @Test(
        arguments: [
            (["learning_rat": .number(1)], "a.yaml: the key learning_rat is unknown; did you mean learning_rate?"),
            (["shards": .string("many")], "a.yaml: shards: expected a whole number, got \"many\""),
            (
                ["optimizer": .dictionary(["adma": .dictionary([:])])],
                "a.yaml: optimizer: the key adma is unknown; did you mean adam?"
            ),
            (
                ["learning_rate": .dictionary(["base": .number(0.1), "decay": .dictionary(["linear": .null])])],
                "a.yaml: learning_rate.decay: the key linear is unknown; known are cosine, exponential, step"
            ),
            (["learning_rate": .integer(-1)], "a.yaml: learning_rate.base: a learning rate is above 0, not -1.0"),
            (["epochs": .integer(0)], "a.yaml: epochs: training takes from 1 to 1000000000 epochs, not 0"),
            (["precision": .string("bfloat16")], "a.yaml: precision: expected one of float32, bf16, got \"bfloat16\""),
            (["wire": .integer(16)], "a.yaml: wire: expected one of float32, bf16, got 16"),
            (["learning_rate": .number(.infinity)], "a.yaml: learning_rate: expected a number, got inf"),
            (
                ["learning_rate": .dictionary(["base": .number(.nan)])],
                "a.yaml: learning_rate.base: expected a number, got nan"
            ),
            (
                [
                    "objective": .dictionary([
                        "likelihood": .string("bernoulli"), "reconstruction_weight": .number(1e39),
                    ])
                ],
                "a.yaml: objective.reconstruction_weight: expected a number up to 3.4028235e+38, got 1e+39"
            ),
            (
                ["optimizer": .dictionary(["adam": .dictionary(["beta1": .integer(1)])])],
                "a.yaml: optimizer.adam.beta1: a decay is in [0, 1), not 1.0"
            ),
            (
                ["divergence_weight": .dictionary(["linear": .dictionary(["from": .integer(0), "too": .integer(1)])])],
                "a.yaml: divergence_weight.linear: the key too is unknown; did you mean to?"
            ),
            (["objective": .dictionary(["liklihood": .string("bernoulli")])], "likelihood"),
        ] as [([String: ConfigurationNode], String)])
    func problemsNameFilePathAndRemedy(_ changes: [String: ConfigurationNode], _ expected: String) throws {
        guard case .dictionary(let entries) = RunConfiguration.tiny.node else { return }
        let node = ConfigurationNode.dictionary(entries.merging(changes) { $1 })
        let error = #expect(throws: ConfigurationError.self) { try RunConfiguration(node, file: "a.yaml") }
        #expect(
            error?.description.hasSuffix(expected) == true
                || error?.description.contains("did you mean `\(expected)`") == true, "\(error?.description ?? "")")
    }

    @Test(
        arguments: [
            ([.linear(units: 16), .reshape(1, 4, 4), .sigmoid], "[2]: ", "sigmoid gives 0 to 1: remove sigmoid"),
            ([.linear(units: 16), .sigmoid, .reshape(1, 4, 4)], "[1]: ", "sigmoid gives 0 to 1: remove sigmoid"),
            ([.linear(units: 16), .tanh, .reshape(1, 4, 4)], "[1]: ", "tanh gives -1 to 1: remove tanh"),
            ([.linear(units: 16), .reshape(1, 4, 4), .relu], "[2]: ", "relu gives 0 and above: remove relu"),
        ] as [([Layer], String, String)])
    func aDecoderThatCannotGiveEveryLogitIsRefusedUnderBernoulli(
        _ decoder: [Layer], _ place: String, _ problem: String
    ) throws {
        var configuration = RunConfiguration.tiny
        configuration.model.decoder = decoder
        configuration.objective.likelihood = .bernoulli
        let error = #expect(throws: ConfigurationError.self) {
            try RunConfiguration(configuration.node, file: "a.yaml")
        }
        #expect(error?.description.hasPrefix("a.yaml: model.decoder\(place)under `bernoulli`") == true)
        #expect(error?.description.contains(problem) == true)
        #expect(error?.description.hasSuffix("or set objective.likelihood to `squared_error`") == true)
        // A run that was begun so can still be read.
        let contract = try TrainingProgram.tiny(configuration).contract(engine: Interpreter(), dataFingerprint: "f")
        #expect(try RunConfiguration(contract).model.decoder == decoder)
        configuration.objective.likelihood = .squaredError
        _ = try RunConfiguration(configuration.node, file: "a.yaml")
        configuration.objective.likelihood = .bernoulli
        configuration.model.decoder = [.linear(units: 16), .relu, .linear(units: 16), .reshape(1, 4, 4)]
        _ = try RunConfiguration(configuration.node, file: "a.yaml")
    }

    @Test func greyPixelsUnderBernoulliAreDoubtedAndOthersAreNot() throws {
        struct Greys: ExampleSource {
            let channels = 1
            let height = 10
            let width = 10
            let fingerprint = ""
            /// How many of an image's 100 pixels are grey.
            let grey: Int
            func count(_ split: Split) -> Int { split == .train ? 1_000 : 0 }
            func pixels(of rows: [Int], in split: Split) -> [UInt8] {
                rows.flatMap { row in (0..<100).map { $0 < grey ? 7 : row % 2 == 0 ? 0 : 255 } }
            }
        }
        var configuration = RunConfiguration.tiny
        configuration.objective.likelihood = .bernoulli
        configuration.model.images.binarize = nil
        let doubt = try configuration.doubt(about: Greys(grey: 40))
        #expect(
            doubt?.hasPrefix("about 40 of 100 pixels are grey, and `bernoulli` is a likelihood of black and white")
                == true)
        #expect(try configuration.doubt(about: Greys(grey: 0)) == nil)
        configuration.model.images.binarize = 0.5
        #expect(try configuration.doubt(about: Greys(grey: 40)) == nil)
        configuration.model.images.binarize = nil
        configuration.objective.likelihood = .squaredError
        #expect(try configuration.doubt(about: Greys(grey: 40)) == nil)
    }

    @Test func clippingMustNameParametersOnce() throws {
        var configuration = RunConfiguration.tiny
        configuration.clipping = [ClippingGroup(parameters: ["decoer/"], maximumNorm: 1)]
        let error = #expect(throws: ConfigurationProblem.self) { try TrainingProgram.tiny(configuration) }
        #expect(
            error?.description.hasPrefix("clipping[0].parameters: no parameter begins with decoer/; there are encoder/")
                == true)
        configuration.clipping = [
            ClippingGroup(parameters: ["encoder/"], maximumNorm: 1), ClippingGroup(parameters: ["enc"], maximumNorm: 1),
        ]
        #expect(throws: ConfigurationProblem.self) { try TrainingProgram.tiny(configuration) }
    }

    @Test func theContractHoldsEverythingButTheStoppingPoint() throws {
        let program = try TrainingProgram.tiny()
        let contract = try program.contract(engine: Interpreter(), dataFingerprint: "f")
        #expect(try RunConfiguration(contract, epochs: 2) == .tiny)
        #expect(try TrainingProgram(contract).layout == program.layout)
        var longer = RunConfiguration.tiny
        longer.epochs = 99
        #expect(try TrainingProgram.tiny(longer).contract(engine: Interpreter(), dataFingerprint: "f") == contract)
        longer.learningRate.base = 0.02
        let other = try TrainingProgram.tiny(longer).contract(engine: Interpreter(), dataFingerprint: "f")
        #expect(
            other.differences(from: contract).map(\.description)
                == ["configuration.learning_rate.base is 0.02 here and 0.01 in the run"])
    }
}
