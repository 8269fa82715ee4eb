import Contract
import Foundation
import Settings
import Tensors
import Testing
import Training

@testable import ConfigurationFiles
@testable import VAE

/// What the reference says is what the types read.
@Suite struct ReferenceTests {
    /// To write the page again: `tributary help configuration > docs/configuration.md`.
    @Test func thePageIsWhatTheProgramPrints() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/configuration.md").standardizedFileURL
        #expect(try String(contentsOf: page, encoding: .utf8) == ConfigurationReference.text)
    }

    /// A key that a type reads and nobody has described is found here, wherever it is.
    @Test func everyKeyThatATypeReadsIsDescribedAndNoOther() throws {
        let described = SettingSamples.keys(of: RunConfiguration.settings)
        var read: [String: Set<String>] = [:]
        for tree in SettingSamples.trees(of: RunConfiguration.settings) {
            for (path, keys) in try tree.keysKnown(to: RunConfiguration.self) {
                read[path.replacing(#/\[\d+\]/#, with: "[]"), default: []].formUnion(keys)
            }
        }
        #expect(read.count > 25)
        #expect(Set(read.keys) == Set(described.keys))
        for (path, keys) in read { #expect(keys == described[path], "\(path)") }
    }

    /// What is left out is the default that the page names, wherever that is a value.
    @Test func defaultsAreThoseOfTheTypes() throws {
        let least = try YAML.document(Array(Self.least.utf8), file: "a.yaml").configuration(isNew: true).node
        var checked = 0
        for (name, setting) in RunConfiguration.settings.entries {
            guard case .optional(let text) = setting.presence, let value = least[name]?.description else { continue }
            switch value {
            case "[]": #expect(text == "none")
            case #"{"adam":{"beta1":0.9,"beta2":0.999,"epsilon":1e-08}}"#: #expect(text == "adam with its defaults")
            default: #expect(value.replacing("\"", with: "") == text, "\(name)")
            }
            checked += 1
        }
        #expect(checked == 6)
        let adam = try ConfigurationNode.dictionary(["adam": .dictionary([:])]).decode(OptimizerSettings.self)
        #expect(adam == .adam(Adam()))
    }

    @Test func defaultsOfLayersAreThoseOfTheTypes() throws {
        guard case .choice(let choice) = Layer.kind else { return }
        var checked = 0
        for (name, setting) in choice.group.entries {
            guard case .group(let group) = setting.kind,
                case .dictionary(let entries) = SettingSamples.trees(of: group)[0]
            else { continue }
            let needed = entries.filter { group[$0.key]?.presence == .required }
            let layer = try ConfigurationNode.dictionary([name: .dictionary(needed)]).decode(Layer.self)
            let whole = try ConfigurationNode(encoding: layer)[name]
            if needed.isEmpty { #expect(try ConfigurationNode.string(name).decode(Layer.self) == layer, "\(name)") }
            for (key, setting) in group.entries {
                guard case .optional(let text) = setting.presence else { continue }
                #expect(whole?[key]?.description == text, "\(name).\(key)")
                checked += 1
            }
        }
        #expect(checked == 11)
    }

    private static let least = """
        model:
          images: {channels: 1, height: 2, width: 2}
          encoder:
          - batch_normalization
          - leaky_relu
          - convolution: {filters: 1, window: 1}
          - transposed_convolution: {filters: 1, window: 1}
          - flatten
          - linear: {units: 4}
          latents: 1
          decoder: [linear: {units: 4}, reshape: [1, 2, 2]]
        objective: {likelihood: bernoulli}
        learning_rate: 0.1
        shards: 2
        microbatch: 2
        epochs: 1
        """

    /// Beyond its range a value is refused by the check of the file, and by whatever computes with it; at its bounds by neither.
    @Test func rangesAreThoseOfTheTypes() throws {
        let base = try YAML.document(Array(Self.least.utf8), file: "a.yaml").node
        let whole = SettingSamples.trees(of: RunConfiguration.settings)
        var (tried, accepted) = (0, 0)
        for (path, kind) in SettingSamples.values(of: RunConfiguration.settings) {
            let keys = path.split(separator: ".").map(String.init)
            guard let group = whole.first(where: { $0.holds(keys) || $0.holds(keys.dropLast()) })?[keys[0]] else {
                continue
            }
            // The group's other keys as a sample has them, apart from the model's, which must fit together.
            let above = Array(keys.dropLast())
            let isFitted = ["model", "objective"].contains(keys[0])
            let sample = whole.first { $0.holds(keys) }.flatMap { $0[above] }
            let tree =
                isFitted
                ? base.holds(above) ? base : base.replacing(above, by: sample ?? .null)
                : base.replacing([keys[0]], by: keys.count > 1 ? group : .null)
            for value in SettingSamples.valuesBeyond(kind) {
                let wrong = tree.replacing(keys, by: value)
                let problems = SettingsCheck(wrong, against: RunConfiguration.settings).problems
                #expect(problems.map(\.place) == [path], "\(path): \(value)")
                #expect(throws: (any Error).self, "\(path): \(value)") {
                    let configuration = try RunConfiguration(wrong, file: "a.yaml")
                    _ = try TrainingProgram(configuration, trainingExamples: 1 << 30, validationExamples: 1)
                }
                tried += 1
            }
            // What only fits together with other settings has tests of its own.
            guard !isFitted || base.holds(keys), !["temperature", "capacity", "labels"].contains(keys[0]) else {
                continue
            }
            for value in SettingSamples.valuesAtBounds(kind) where !path.hasPrefix("model.images") {
                let right = tree.replacing(keys, by: value)
                #expect(SettingsCheck(right, against: RunConfiguration.settings).problems.isEmpty, "\(path): \(value)")
                #expect(throws: Never.self, "\(path): \(value)") {
                    let configuration = try RunConfiguration(right, file: "a.yaml")
                    _ = try TrainingProgram(configuration, trainingExamples: 1 << 30, validationExamples: 1)
                }
                accepted += 1
            }
        }
        #expect(tried > 40 && accepted > 15)
    }

    @Test func rangesOfLayersAreThoseOfTheTypes() throws {
        let kind = Layer.kind
        guard case .choice(let choice) = kind else { return }
        var tried = 0
        for (name, setting) in choice.group.entries {
            guard case .group(let group) = setting.kind else { continue }
            let sample = ConfigurationNode.dictionary([name: SettingSamples.trees(of: group)[0]])
            let input: Shape = name == "linear" ? [4] : [4, 8, 8]
            _ = try sample.decode(Layer.self).behaviour.output(for: input)
            for (path, kind) in SettingSamples.values(of: group) {
                for value in SettingSamples.valuesBeyond(kind) {
                    let wrong = try sample.replacing([name, path], by: value).decode(Layer.self)
                    #expect(throws: LayerProblem.self, "\(name).\(path): \(value)") {
                        try wrong.behaviour.output(for: input)
                    }
                    tried += 1
                }
            }
        }
        #expect(tried > 20)
    }

    @Test func everyPresetPassesTheCheck() throws {
        for name in RunConfiguration.presetNames {
            let node = try ConfigurationSource.preset(name).node
            #expect(SettingsCheck(node, against: RunConfiguration.settings).problems.isEmpty)
        }
        for size in [16, 45, 512] {
            let images = ImageDescription(channels: 3, height: size, width: 33)
            let text = try ConfigurationSource.text(ofPreset: "face") { ImageSet(images, trainingExamples: 100) }
            let read = try YAML.document(Array(text.utf8), file: "a.yaml").configuration(isNew: true)
            #expect(try read == ConfigurationSource.preset("face") { ImageSet(images, trainingExamples: 100) })
        }
    }
}

extension ConfigurationNode {
    fileprivate subscript(path: [String]) -> ConfigurationNode? {
        path.reduce(self as ConfigurationNode?) { $0?[$1] }
    }

    fileprivate func holds(_ path: some Collection<String>) -> Bool {
        guard let key = path.first else { return true }
        return self[key]?.holds(path.dropFirst()) ?? false
    }
}
