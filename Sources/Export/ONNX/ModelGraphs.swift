import Tensors
import VAE

/// The ONNX graphs of a model, in inference mode.
struct ModelGraphs {
    let model: VariationalAutoencoder
    let weights: WeightSource

    private var images: ImageDescription { model.description.images }
    private var structure: ModelStructure { model.structure }
    private var latentShape: Shape { [model.description.latents.count] }
    /// The classes of the label that encoder and decoder take.
    private var classes: Int? { model.isConditional ? model.description.classes : nil }

    /// `pixels`, and the one-hot `label` where the encoder takes one, to what describes the posterior.
    var encoder: ONNXGraph {
        var graph = ONNXGraph("encoder", weights: weights)
        let x = pixels(in: &graph)
        let label = classes.map { graph.input("label", [$0]) }
        let features = features(of: x, label, in: &graph)
        for (name, value) in model.description.latents.form.posterior(of: features, in: &graph) {
            graph.output(value, as: name, latentShape)
        }
        return graph
    }

    /// `latents`, and the one-hot `label` where the decoder takes one, to the mean `image`.
    var decoder: ONNXGraph {
        var graph = ONNXGraph("decoder", weights: weights)
        let z = graph.input("latents", latentShape)
        let label = classes.map { graph.input("label", [$0]) }
        graph.begin("decoder_input")
        let input = model.description.latents.form.decoderInput(of: z, in: &graph)
        let decoded = structure.decoder.result(of: input, label: label, under: "decoder", in: &graph)
        graph.begin("likelihood")
        graph.output(image(of: decoded, in: &graph), as: "image", images.shape)
        return graph
    }

    /// `pixels` to the classes' `probabilities`; nil where the model has no classifier.
    var classifier: ONNXGraph? {
        guard let classifier = structure.classifier, let classes = model.description.classes else { return nil }
        var graph = ONNXGraph("classifier", weights: weights)
        var x = pixels(in: &graph)
        if classifier.takesLatents {
            let features = features(of: x, nil, in: &graph)
            x = model.description.latents.form.posterior(of: features, in: &graph)[0].value
        }
        x = classifier.layers.result(of: x, under: "classifier", in: &graph)
        graph.begin("classifier_logits")
        let logits = graph.linear(x, "classifier/logits")
        graph.output(graph.add("Softmax", [logits], [.init("axis", 1)]), as: "probabilities", [classes])
        return graph
    }

    /// The pixels as the model sees them. Drawing black and white ones is left to who has them.
    private func pixels(in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let x = graph.input("pixels", images.shape)
        graph.begin("prepared")
        if images.dequantize {
            let scaled = graph.add("Mul", [x, graph.constant(Float(255.0 / 256))])
            return graph.add("Add", [scaled, graph.constant(Float(0.5 / 256))])
        }
        guard case .threshold(let threshold) = images.binarize else { return x }
        return graph.step(x, above: graph.constant(threshold))
    }

    private func features(
        of x: ONNXGraph.Value, _ label: ONNXGraph.Value?, in graph: inout ONNXGraph
    ) -> ONNXGraph.Value {
        var x = x
        if let part = images.predictedRows {
            graph.begin("given")
            x = graph.padded(graph.slice(x, axis: 2, 0..<part.lowerBound), above: 0, below: part.count)
        }
        return structure.encoder.result(of: x, label: label, under: "encoder", in: &graph)
    }

    private func image(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let form = model.objective.likelihood.form(images.judgedShape)
        guard let part = images.predictedRows else { return form.mean(of: decoded, in: &graph) }
        let rows = graph.slice(decoded, axis: 2, part)
        return graph.padded(form.mean(of: rows, in: &graph), above: part.lowerBound, below: 0)
    }
}

extension ImageDescription {
    /// (C, H, W)
    var shape: Shape { [channels, height, width] }

    /// The rows of the part that is predicted; nil where it is the whole image.
    var predictedRows: Range<Int>? {
        switch prediction {
        case nil: nil
        case .lowerHalf: height / 2..<height
        }
    }

    /// [C, H, W] of what the likelihood judges.
    var judgedShape: [Int] { [channels, predictedRows?.count ?? height, width] }
}
