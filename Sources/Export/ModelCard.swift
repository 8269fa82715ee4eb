import Contract
import Foundation
import Tensors
import Training
import VAE

/// `README.md`: a model card as Hugging Face reads it, with what the run itself knows.
///
/// Source: https://github.com/huggingface/hub-docs, `modelcard.md`.
struct ModelCard {
    let model: ExportedModel
    /// What the image file says of itself; nil where nobody named it.
    let provenance: [String: String]?
    let hasSamples: Bool

    private var configuration: RunConfiguration { model.program.configuration }
    private var images: ImageDescription { configuration.model.images }
    private var isCelebA: Bool { provenance?["source"]?.contains("CelebA") == true }
    /// What was measured of these weights: where an average is kept, evaluations are of it.
    private var latest: History.Epoch? {
        guard model.checkpoint.state.average == nil || model.weights == .average else { return nil }
        return model.checkpoint.history.valid.last { $0.step == model.checkpoint.state.step }
    }
    private var size: String { "\(images.channels) x \(images.height) x \(images.width)" }

    var text: String {
        (["---"] + frontMatter + ["---"] + sections).joined(separator: "\n") + "\n"
    }

    private var frontMatter: [String] {
        let license = isCelebA ? ["license: other", "license_name: non-commercial-research"] : ["license: unknown"]
        return license + [
            "library_name: pytorch", "pipeline_tag: unconditional-image-generation", "tags:", "- vae",
            "- variational-autoencoder", "- onnx", "- tributary",
        ] + (isCelebA ? ["datasets:", "- flwrlabs/celeba"] : []) + results
    }

    /// What the run measured, as `model-index`.
    private var results: [String] {
        guard let latest else { return [] }
        let metrics = [
            ("negative_elbo", latest.negativeELBO, "-ELBO, nats an image"),
            ("reconstruction", latest.reconstruction, "reconstruction, nats an image"),
            ("divergence", latest.divergence, "divergence, nats an image"),
        ]
        return [
            "metrics:", "- negative_elbo", "model-index:", "- name: tributary-\(model.checkpoint.run)", "  results:",
            "  - task:", "      type: unconditional-image-generation", "    dataset:",
            "      type: \(isCelebA ? "flwrlabs/celeba" : "images")", "      name: \(Self.quoted(dataName))",
            "      split: valid", "    metrics:",
        ]
            + metrics.flatMap {
                ["    - type: \($0.0)", "      value: \(Self.number($0.1))", "      name: \(Self.quoted($0.2))"]
            }
    }

    /// YAML that is not a number is none of ours: what is not finite is written as text.
    private static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.3f", value) : "\"\(value)\""
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { quoted, scalar in
            if scalar == "\\" || scalar == "\"" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        } + "\""
    }

    private var dataName: String { provenance?["source"].map(Self.line) ?? "images of \(size)" }

    /// A text of a file in one line: what would end a line of YAML or of a heading is a space.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? " " : $0 })
    }
}

extension ModelCard {
    private var sections: [String] {
        [
            "", "# A variational autoencoder of \(dataName)", "",
            "Trained with Tributary: run \(model.checkpoint.run), \(counted(model.checkpoint.state.step, "step"))"
                + (model.weights == .average ? ", the moving average of the weights." : "."),
        ]
            + (hasSamples ? ["", "![Samples from the prior](samples.png)"] : [])
            + section("Model details", details) + section("Uses", uses) + section("Bias, risks and limitations", risks)
            + section("How to get started", start) + section("Training", training)
            + section("Evaluation", evaluation)
    }

    private func section(_ title: String, _ lines: [String]) -> [String] { ["", "## \(title)", ""] + lines }

    private var details: [String] {
        let count = model.program.model.parameters.count
        return [
            "- images: \(size) (channels, height, width), pixels from 0 to 1",
            "- latents: \(configuration.model.latents.count), \(configuration.model.latents.name)",
            "- parameters: \(count)",
            "- files: `model.safetensors` and `model.py` for PyTorch, `encoder.onnx` and `decoder.onnx` for everything else, "
                + "`config.json` for Tributary",
        ]
    }

    private var uses: [String] {
        let license =
            isCelebA
            ? "The images are CelebA's, which are for non-commercial research only, and so is this model."
            : provenance?["source"] == nil
                ? "The run does not say where its images came from. Those of many collections, CelebA among them, are for "
                    + "non-commercial research only, and then so is this model."
                : "The license of the images may bind the model; look it up before you share it."
        return [
            "It encodes images, decodes latents, and draws new images. It does not tell who somebody is, and is not to be used for that.",
            "", license,
        ]
    }

    private var risks: [String] {
        [
            "Images that it draws are likely under its training data, with what that over- and under-represents; they are blurred where it "
                + "is unsure."
        ]
    }

    private var start: [String] {
        let y = model.program.model.isConditional ? ", y" : ""
        return [
            "```python", "# pip install torch safetensors", "from model import load", "", "model = load()",
            "posterior = model.encode(x\(y))  # \(y.isEmpty ? "" : "y: one-hot floats (N, \(configuration.model.classes ?? 0)); ")x: floats (N, \(images.channels), \(images.height), \(images.width)) from 0 to 1",
            "images = model.decode(z\(y))  # z: (N, \(configuration.model.latents.count))", "```",
        ]
    }

    private var training: [String] {
        let contract = model.checkpoint.contract
        let texts = (provenance ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \(Self.line($0.value))" }
        return (texts.isEmpty ? [] : ["- the image file says: \(texts.joined(separator: "; "))"]) + [
            "- images: \(contract.trainingExamples) to train on, \(contract.validationExamples) held out",
            "- SHA-256 of the images: `\(contract.dataFingerprint)`",
            "- examples a step: \(contract.shards * contract.microbatch) (\(contract.shards) shards of \(contract.microbatch))",
            "- precision: \(configuration.precision), seed: \(contract.seed)",
            "- digest of the state: `\(model.checkpoint.state.digest)`", "",
            "`tributary train --config config.json --steps \(model.checkpoint.state.step)` on the same images computes this digest again, on any "
                + "number of machines with processors of the same kind"
                + (contract.initialDigest == nil ? "." : ", where it begins with the same imported weights."),
        ]
    }

    private var evaluation: [String] {
        guard let latest else { return ["These weights were not evaluated on held-out images."] }
        return [
            "On the \(model.checkpoint.contract.validationExamples) held-out images, in nats an image:", "",
            "| -ELBO | reconstruction | divergence |", "|---|---|---|",
            "| \(Self.number(latest.negativeELBO)) | \(Self.number(latest.reconstruction)) | \(Self.number(latest.divergence)) |",
        ]
    }

    private func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
