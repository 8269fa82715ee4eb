import Tensors
import VAE

/// `model.py`: a model as a module of PyTorch, whose tensors have the names of `StateDictionary`.
struct PyTorchModule {
    let model: VariationalAutoencoder
    let dictionary: StateDictionary

    private var images: ImageDescription { model.description.images }
    private var latents: any LatentForm { model.description.latents.form }
    private var structure: ModelStructure { model.structure }
    /// What encoder and decoder take behind the first argument.
    private var label: String { model.isConditional ? ", y" : "" }

    /// The whole file.
    ///
    /// - Parameter title: What model it is, in a sentence.
    func text(title: String) -> String {
        let start = [
            "\"\"\"\(title)\"\"\"", "", "from pathlib import Path", "", "import torch",
            "from safetensors.torch import load_file", "from torch import nn",
        ]
        let blocks = [start] + helpers.map(\.lines) + [classLines, Self.loader]
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n\n") + "\n"
    }

    private var helpers: [PythonHelper] {
        let networks = [structure.encoder, structure.decoder, structure.classifier?.layers ?? []]
        let needed = networks.reduce(into: Set<PythonHelper>()) { $0.formUnion($1.helpers) }
        return PythonHelper.allCases.filter(needed.contains)
    }

    private static let loader = [
        "def load(folder=Path(__file__).parent):",
        "    \"\"\"The trained model, ready to be used.\"\"\"",
        "    model = Model()",
        "    model.load_state_dict(load_file(Path(folder) / \"model.safetensors\"), strict=True)",
        "    return model.eval()",
    ]

    private var classLines: [String] {
        let methods = [initializer, encode, decode, forward, classify, prior].compactMap(\.self)
        return ["class Model(nn.Module):"] + Array(methods.joined(separator: [""])).indented
    }
}

extension PyTorchModule {
    private var initializer: [String] {
        let networks =
            structure.encoder.sequential.beginning(with: "self.encoder = ")
            + structure.decoder.sequential.beginning(with: "self.decoder = ")
            + (structure.classifier?.layers.sequential.beginning(with: "self.classifier = ") ?? [])
        return ["def __init__(self):"] + (["super().__init__()"] + networks + attributes).indented
    }

    /// What belongs to no layer: modules that have a weight, and tensors by themselves.
    private var attributes: [String] {
        let networks = ["encoder.", "decoder.", "classifier."]
        return dictionary.entries.compactMap { entry in
            guard !networks.contains(where: entry.name.hasPrefix) else { return nil }
            if entry.name.hasSuffix(".weight") { return "self.\(entry.name.dropLast(7)) = \(Self.module(entry.shape))" }
            guard !entry.name.contains(".") else { return nil }
            let zeros = "torch.zeros(\(entry.shape.dimensions.tuple))"
            return entry.isParameter
                ? "self.\(entry.name) = nn.Parameter(\(zeros))" : "self.register_buffer(\"\(entry.name)\", \(zeros))"
        }
    }

    /// The module of a weight, (units, I) or (filters, C, 1, 1).
    private static func module(_ shape: Shape) -> String {
        shape.rank == 2 ? "nn.Linear(\(shape[1]), \(shape[0]))" : "nn.Conv2d(\(shape[1]), \(shape[0]), 1)"
    }

    private var encode: [String] {
        let body = prepared + given + features + latents.posterior.lines
        let says = "Images (N, \(Self.list(images.shape))) from 0 to 1 to \(latents.description), (N, \(count))."
        return ["def encode(self, x\(label)):"] + (Self.doc(says, drawn, ofLabel) + body).indented
    }

    private var decode: [String] {
        let input = network("decoder", structure.decoder, of: latents.decoderInput)
        let likelihood = model.objective.likelihood.form(images.judgedShape).mean
        var body = input
        if let part = images.predictedRows {
            body += ["h = h[:, :, \(part.lowerBound):]"] + likelihood.statements
            body.append("return nn.functional.pad(\(likelihood.result), (0, 0, \(part.lowerBound), 0))")
        } else {
            body += likelihood.lines
        }
        if body.count == 2, body[1] == "return h" { body = ["return self.decoder(\(latents.decoderInput))"] }
        let says = "z (N, \(count)) to mean images (N, \(Self.list(images.shape)))."
        return ["def decode(self, z\(label)):"] + (Self.doc(says, blank, ofLabel) + body).indented
    }

    private var forward: [String] {
        let decoded = "self.decode(\(meanCode)\(label))"
        guard let part = images.predictedRows else {
            return ["def forward(self, x\(label)):"] + (Self.doc("Reconstructions.") + ["return \(decoded)"]).indented
        }
        let row = part.lowerBound
        let whole = "return torch.cat([x[:, :, :\(row)], \(decoded)[:, :, \(row):]], 2)"
        return ["def forward(self, x\(label)):"]
            + (Self.doc("What is given, and what is predicted below it.") + prepared + [whole]).indented
    }

    private var classify: [String]? {
        guard let classifier = structure.classifier else { return nil }
        let input = classifier.takesLatents ? ["x = \(meanCode)"] : prepared
        return ["def classify(self, x):"]
            + (Self.doc("The probabilities of the classes of images.") + input
            + ["return self.classifier_logits(self.classifier(x)).softmax(1)"]).indented
    }

    private var prior: [String]? {
        latents.prior.map { body in
            ["def prior(self, count):"]
                + (Self.doc("z drawn from the prior, (count, \(self.count)).") + body.lines).indented
        }
    }
}

extension PyTorchModule {
    private var count: Int { model.description.latents.count }

    private static func list(_ shape: Shape) -> String {
        shape.dimensions.map(String.init).joined(separator: ", ")
    }

    private static func doc(_ sentences: String?...) -> [String] {
        ["\"\"\"\(sentences.compactMap(\.self).joined(separator: " "))\"\"\""]
    }

    /// The mean of z.
    private var meanCode: String { "self.encode(x\(label))" + (latents.outputs.count > 1 ? "[0]" : "") }

    /// What is done with the pixels first.
    private var prepared: [String] {
        if images.dequantize { return ["x = (255 * x + 0.5) / 256"] }
        guard case .threshold(let threshold) = images.binarize else { return [] }
        return ["x = (x > \(threshold)).float()"]
    }

    private var given: [String] {
        images.predictedRows.map { part in
            ["x = nn.functional.pad(x[:, :, :\(part.lowerBound)], (0, 0, 0, \(part.count)))"]
        } ?? []
    }

    private var features: [String] { network("encoder", structure.encoder, of: "x") }

    /// `h` is what a network makes of an expression; the label enters where it is taken.
    private func network(_ name: String, _ layers: [PlacedLayer], of x: String) -> [String] {
        guard let place = layers.firstIndex(where: \.takesLabel) else { return ["h = self.\(name)(\(x))"] }
        guard place > 0 else { return ["h = self.\(name)(torch.cat([\(x), y], 1))"] }
        return [
            "h = self.\(name)[:\(place)](\(x))", "h = self.\(name)[\(place):](torch.cat([h, y], 1))",
        ]
    }

    private var drawn: String? {
        switch images.binarize {
        case .dynamic, .static: "Pixels are black or white: draw grey ones with torch.bernoulli(x)."
        case nil, .threshold: nil
        }
    }

    private var blank: String? { images.prediction.map { _ in "The part that is given stays black." } }
    private var ofLabel: String? { model.isConditional ? "y is the label, one-hot, as floats." : nil }
}
