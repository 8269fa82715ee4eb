import Contract
import Foundation
import Testing
import Training

@testable import ConfigurationFiles

/// All that is wrong with a file, each with its line and what to do.
@Suite struct ProblemTests {
    private static let good = """
        model:
          images: {channels: 1, height: 4, width: 4}
          encoder:
          - flatten
          - linear: {units: 8}
          - relu
          latents: 2
          decoder:
          - linear: {units: 16}
          - reshape: [1, 4, 4]
        objective:
          likelihood: bernoulli
        learning_rate: 0.001
        shards: 4
        microbatch: 2
        epochs: 3
        """

    private func sentences(_ text: String) throws -> [String] {
        let document = try YAML.document(Array(text.utf8), file: "a.yaml")
        let problems = #expect(throws: ConfigurationProblems.self) { try document.configuration(isNew: true) }
        return problems?.sentences ?? []
    }

    @Test func allProblemsAreToldInOneGoInTheOrderOfTheirLines() throws {
        let text = Self.good.replacing("channels: 1", with: "in_channels: 1").replacing(
            "latents: 2", with: "latent_dim: 2"
        )
        .replacing("learning_rate: 0.001", with: "lr: 0.001").replacing("shards: 4", with: "shards: 3")
        .replacing("- relu", with: "- rely").replacing("epochs: 3", with: "num_epochs: 0\nkld_weight: 1")
        #expect(
            try sentences(text) == [
                "a.yaml, line 2: model.images: the key in_channels is unknown; it is called channels here",
                "a.yaml, line 6: model.encoder[2]: unknown layer `rely`; did you mean `relu`?",
                "a.yaml, line 7: model: the key latent_dim is unknown; it is called latents here",
                "a.yaml, line 13: the key lr is unknown; it is called learning_rate here",
                "a.yaml, line 14: shards: expected a whole number that is a power of two up to 65536, got 3",
                "a.yaml, line 16: the key num_epochs is unknown; it is called epochs here",
                "a.yaml, line 17: the key kld_weight is unknown; it is called divergence_weight here",
            ])
        let several = try #require(throws: ConfigurationProblems.self) {
            try YAML.document(Array(text.utf8), file: "a.yaml").configuration(isNew: true)
        }
        #expect(
            several.description
                == "a.yaml has 7 problems, told above: `tributary help configuration` says what every key may hold")
    }

    @Test(arguments: [
        (
            "microbatch: 2", "batch_size: 128",
            "line 15: the key batch_size is unknown; a step takes shards times microbatch images: for 128 set shards: 8 and microbatch: 16"
        ),
        (
            "microbatch: 2", "microbatch: 2\nbatch_size: 100",
            "line 16: the key batch_size is unknown; a step takes shards times microbatch images: for 100 set shards: 4 and microbatch: 25"
        ),
        (
            "microbatch: 2", "microbatch: 2\nmanual_seed: 1265",
            "line 16: the key manual_seed is unknown; it is called seed here"
        ),
        (
            "microbatch: 2", "microbatch: 2\nmax_epochs: 9",
            "line 16: the key max_epochs is unknown; it is called epochs here"
        ),
        (
            "microbatch: 2", "microbatch: 2\nbeta: 4",
            "line 16: the key beta is unknown; it is called divergence_weight here"
        ),
        (
            "microbatch: 2", "microbatch: 2\nlatent_dim: 4",
            "line 16: the key latent_dim is unknown; it is called model.latents here"
        ),
        ("microbatch: 2", "microbatch: 2\nlatents: 4", "line 16: the key latents is unknown; it belongs below model"),
        (
            "microbatch: 2", "microbatch: 2\nbeta1: 0.5",
            "line 16: the key beta1 is unknown; it belongs below optimizer.adam"
        ),
        ("microbatch: 2", "microbatch: 2\nSeed: 4", "line 16: the key Seed is unknown; it is written seed"),
        (
            "microbatch: 2", "microbatch: 2\nnum_workers: 4",
            "line 16: the key num_workers is unknown; workers are no part of a configuration: say --workers N"
        ),
        (
            "microbatch: 2", "microbatch: 2\nhidden_dims: [32, 64]",
            "line 16: the key hidden_dims is unknown; layers are listed one by one in model.encoder and model.decoder, as `tributary preset face --size 64x64x3` shows"
        ),
        (
            "height: 4, width: 4", "img_size: 4",
            "line 2: model.images: the key img_size is unknown; sizes are model.images.height and model.images.width here"
        ),
        (
            "units: 8", "out_features: 8",
            "line 5: model.encoder[1].linear: the key out_features is unknown; it is called units here"
        ),
        ("microbatch: 2", "", "the key microbatch is missing"),
        ("units: 8", "", "line 5: model.encoder[1].linear: the key units is missing"),
        (
            "  - linear: {units: 8}", "  - linear",
            "line 5: model.encoder[1]: `linear` needs settings: write `linear: {units: …}`"
        ),
        (
            "0.001", "{base: 0.1, decay: cosine}",
            "line 13: learning_rate.decay: `cosine` needs settings: write `cosine: {final: …, epochs: …}`"
        ),
        (
            "shards: 4", "divergence_weight: linear\nshards: 4",
            "line 14: divergence_weight: `linear` needs settings: write `linear: {from: …, to: …, epochs: …}`"
        ),
        (
            "latents: 2", "latents: categorical",
            "line 7: model.latents: `categorical` needs settings: write `categorical: {variables: …, classes: …}`"
        ),
        (
            "likelihood: bernoulli", "likelihood: bernoulli\n  estimator: iwae",
            "line 13: objective.estimator: unknown estimator `iwae`; it is written `importance_weighted` here"
        ),
        (
            "likelihood: bernoulli", "likelihood: normal",
            "line 12: objective.likelihood: unknown likelihood `normal`; it is written `gaussian: {variance: …}` here"
        ),
        (
            "latents: 2", "latents: {normal: 2}",
            "line 7: model.latents: the key normal is unknown; it is called gaussian here"
        ),
        (
            "  - relu", "  - residual: [relu, rely]",
            "line 6: model.encoder[2].residual[1]: unknown layer `rely`; did you mean `relu`?"
        ),
        (
            "  - relu", "  - residual:\n    - flatten\n    - max_pooling: {window: 2}",
            "line 8: encoder/2/residual/1/max_pooling takes images [channels, height, width], but the layer before it gives [8]"
        ),
        (
            "  - relu", "  - group_norm: {groups: 2}",
            "line 6: model.encoder[2]: the key group_norm is unknown; it is called group_normalization here"
        ),
        (
            "  - relu", "  - relu: {slope: 1}",
            "line 6: model.encoder[2].relu: `relu` takes no settings: write the bare word"
        ),
        (
            "  - relu", "  - leaky_relu: {slope: x}",
            "line 6: model.encoder[2].leaky_relu.slope: expected a number, got \"x\""
        ),
        ("  - relu", "  - {relu: 1, tanh: 2}", "line 6: model.encoder[2]: one layer is expected here, not relu, tanh"),
        ("epochs: 3", "epochs: 0", "line 16: epochs: expected a whole number, 1 to 1000000000, got 0"),
        ("epochs: 3", "epochs: 3\nseed: -3", "line 17: seed: expected a whole number, 0 or more, got -3"),
        ("epochs: 3", "epochs: 3\nprecision: fp16", "line 17: precision: expected one of float32, bf16, got \"fp16\""),
        (
            "0.001", "{base: 0.1, decay: {cosine: {final: -1, epochs: 3}}}",
            "line 13: learning_rate.decay.cosine.final: expected a number, 0 or more, got -1"
        ),
        ("[1, 4, 4]", "[1, 4, 4, 1]", "line 10: model.decoder[1].reshape: expected a list of 1 to 3 values, got 4"),
        (
            "[1, 4, 4]", "[1, 4, 5]",
            "line 10: decoder/1/reshape asks for [1, 4, 5], but its input [16] holds 16 elements: change the shape or the layer before it"
        ),
        (
            "  - reshape: [1, 4, 4]", "  - reshape: [1, 4, 4]\n  - sigmoid",
            "line 11: model.decoder[2]: under `bernoulli` a decoder gives logits"
        ),
        (
            "bernoulli", "{gaussian: {variance: 0}}",
            "line 12: objective.likelihood.gaussian.variance: expected a number, above 0, got 0"
        ),
    ])
    func aProblemHasItsLineAndWhatToDo(_ old: String, _ new: String, _ sentence: String) throws {
        let found = try sentences(Self.good.replacing(old, with: new))
        let file = sentence.hasPrefix("line") ? "a.yaml, " : "a.yaml: "
        #expect(found.count == 1 && found[0].hasPrefix(file + sentence), "\(found)")
    }

    @Test func ofVeryManyProblemsTheFirstAreTold() throws {
        let layers = Array(repeating: "rely", count: 500).joined(separator: ", ")
        let text = Self.good.replacing("- relu", with: "- linear: {units: [\(layers)]}") + "\nclipping: [\(layers)]"
        let problems = try #require(throws: ConfigurationProblems.self) {
            try YAML.document(Array(text.utf8), file: "a.yaml").configuration(isNew: true)
        }
        #expect(problems.sentences.count == 20)
        #expect(problems.description.hasPrefix("a.yaml has 501 problems, the first 20 of them told above: "))
    }

    /// Other tools' files have their words in groups of their own.
    @Test func wordsWithinUnknownGroupsAreToldToo() throws {
        let found = try sentences(Self.good + "\nexp_params:\n  LR: 0.005\n  kld_weight: 0.1\n  mystery: 1\n")
        #expect(
            found.dropFirst() == [
                "a.yaml, line 18: exp_params: the key LR is unknown; it is called learning_rate here",
                "a.yaml, line 19: exp_params: the key kld_weight is unknown; it is called divergence_weight here",
            ])
        #expect(found[0].hasPrefix("a.yaml, line 17: the key exp_params is unknown; known are "))
    }

    /// A wrong rate does not hide that the network does not fit.
    @Test func theNetworkIsLookedAtBesideOtherProblems() throws {
        let text = Self.good.replacing("0.001", with: "fast").replacing("units: 16", with: "units: 15")
        let found = try sentences(text)
        #expect(found.count == 2 && found[0].contains("line 10: decoder/1/reshape"), "\(found)")
        #expect(found.last == "a.yaml, line 13: learning_rate: expected a number, above 0, got \"fast\"")
    }

    @Test func whatAnAliasStandsForHasTheLineOfTheAlias() throws {
        let text = "x: &layer\n  linear: {units: 0}\n" + Self.good.replacing("- linear: {units: 8}", with: "- *layer")
        let found = try sentences(text)
        #expect(found.count == 2 && found[1].hasPrefix("a.yaml, line 7: model.encoder[1].linear.units: "), "\(found)")
    }

    /// What fits neither the network nor the objective needs no data to be found, and has a line like everything else.
    @Test(arguments: [
        ("capacity: 5", 17, "capacity: this objective has no capacity: take the key out"),
        ("temperature: 0.5", 17, "temperature: this objective has no temperature"),
        ("labels: {labelled: 4, per_microbatch: 1}", 17, "labels: this objective reads no labels"),
        (
            "clipping:\n- {parameters: [nothing], maximum_norm: 1}", 18,
            "clipping[0].parameters: no parameter begins with nothing"
        ),
    ]) func whatDoesNotFitHasALine(keys: String, line: Int, part: String) throws {
        let told = try sentences(Self.good + "\n" + keys)
        #expect(told.count == 1 && told[0].hasPrefix("a.yaml, line \(line): \(part)"), "\(told)")
    }

    @Test func aProblemThatTheDataShowsIsFoundInTheFile() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((Self.good + "\nearly_stopping: {patience: 2}").utf8).write(to: URL(fileURLWithPath: path))
        func text(_ path: String) -> String {
            "\(ConfigurationSource.located(ConfigurationProblem(path: "early_stopping", reason: "no"), inFile: path))"
        }
        #expect(text(path) == "\(path), line 17: early_stopping: no")
        #expect(text("-") == "the standard input: early_stopping: no")
    }
}
