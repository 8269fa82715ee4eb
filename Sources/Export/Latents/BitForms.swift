import VAE

/// Bits: a linear layer makes their logits.
struct BernoulliForm: LatentForm {
    let count: Int

    let description = "the probability that each bit of z is 1"

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        graph.begin("encoder_logits")
        return [("mean", graph.add("Sigmoid", [graph.linear(features, "encoder/logits")]))]
    }

    let posterior = PythonBody(result: "torch.sigmoid(self.encoder_logits(h))")
    var prior: PythonBody? { PythonBody(result: "torch.bernoulli(torch.full((count, \(count)), 0.5))") }
}

/// Variables of some classes, as one-hot vectors side by side.
struct CategoriesForm: LatentForm {
    let latents: Latents.Categories

    private var count: Int { latents.variables * latents.classes }

    var description: String { "the probabilities of z: \(latents.variables) variables of \(latents.classes) classes" }

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        graph.begin("encoder_logits")
        let logits = graph.reshape(graph.linear(features, "encoder/logits"), to: [latents.variables, latents.classes])
        return [
            ("mean", graph.add("Flatten", [graph.add("Softmax", [logits], [.init("axis", 2)])], [.init("axis", 1)]))
        ]
    }

    var posterior: PythonBody {
        let shape = [latents.variables, latents.classes].tuple
        return PythonBody(result: "self.encoder_logits(h).unflatten(1, \(shape)).softmax(2).flatten(1)")
    }

    var prior: PythonBody? {
        PythonBody(
            "classes = torch.randint(\(latents.classes), (count, \(latents.variables)))",
            result: "nn.functional.one_hot(classes, \(latents.classes)).float().flatten(1)")
    }
}

/// Layers of bits, side by side, each of the probabilities of the one before it.
struct LayersOfBitsForm: LatentForm {
    let units: [Int]
    /// Whether each layer has a prior in the layer above it, and the decoder takes the first; else it takes the last.
    let isBeliefNetwork: Bool

    let description = "the probabilities of the bits of z, layer by layer"

    /// "encoder_logits", "encoder_logits_2" and so on.
    private func name(_ index: Int) -> String { index == 0 ? "logits" : "logits_\(index + 1)" }

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        var layers: [ONNXGraph.Value] = []
        for index in units.indices {
            graph.begin("encoder_\(name(index))")
            let logits = graph.linear(layers.last ?? features, "encoder/\(name(index))")
            layers.append(graph.add("Sigmoid", [logits]))
        }
        return [("mean", graph.add("Concat", layers, [.init("axis", 1)]))]
    }

    var posterior: PythonBody {
        let layers = units.indices.map { index in
            "q\(index + 1) = torch.sigmoid(self.encoder_\(name(index))(\(index == 0 ? "h" : "q\(index)")))"
        }
        return PythonBody(layers, result: row("q"))
    }

    /// All layers in one row.
    private func row(_ name: String) -> String {
        "torch.cat([\(units.indices.map { "\(name)\($0 + 1)" }.joined(separator: ", "))], 1)"
    }

    var prior: PythonBody? {
        guard isBeliefNetwork else { return nil }
        let top = units.count
        let first = "z\(top) = torch.bernoulli(torch.sigmoid(self.decoder_prior_\(top)_bias).expand(count, -1))"
        let others = (1..<top).reversed().map { layer in
            "z\(layer) = torch.bernoulli(torch.sigmoid(self.decoder_prior_\(layer)(z\(layer + 1))))"
        }
        return PythonBody([first] + others, result: row("z"))
    }

    private var decoded: Range<Int> {
        isBeliefNetwork ? 0..<units[0] : units.dropLast().reduce(0, +)..<units.reduce(0, +)
    }

    func decoderInput(of z: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.slice(z, axis: 1, decoded)
    }

    var decoderInput: String { "z[:, \(decoded.lowerBound):\(decoded.upperBound)]" }
}
