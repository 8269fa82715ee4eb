import Glibc
import SeededRandomness
import Tensors
import Testing

@testable import VAE

/// The objectives that read labels, on tiny models in Float64.
@Suite struct LabelObjectiveTests {
    private static let classes = 3

    private static let estimators: [Estimator] = [
        .conditional(Conditional()), .semiSupervised(SemiSupervised(classificationWeight: 0.3)),
        .predictionConstrained(PredictionConstrained(classificationWeight: 2)),
        .predictionConstrained(PredictionConstrained(classificationWeight: 2, consistencyWeight: 1.5)),
    ]

    private static func model(_ estimator: Estimator) throws -> VariationalAutoencoder {
        let tiny = TinyModels.linear
        let classifier: [Layer]? =
            switch estimator {
            case .semiSupervised: [.flatten, .linear(units: 4), .tanh]
            case .predictionConstrained: []
            default: nil
            }
        return try VariationalAutoencoder(
            ModelDescription(
                images: ImageDescription(channels: 1, height: 2, width: 3),
                encoder: [.flatten, .linear(units: 4), .softplus], latents: tiny.latents,
                decoder: [.linear(units: 4), .softplus, .linear(units: 6), .reshape(1, 2, 3)], classes: classes,
                classifier: classifier), Objective(likelihood: .bernoulli, estimator: estimator))
    }

    private static func point(_ model: VariationalAutoencoder) -> [Double] {
        model.initialParameters(seed: 4).map { 2.5 * Double($0) }
    }

    private static let images = [
        [0.1, 0.9, 0.2, 0.8, 0.6, 0.4], [0.7, 0.3, 1, 0, 0.51, 0.49], [0, 0.2, 0.4, 0.6, 0.8, 1],
    ]

    private static func oneHot(_ label: Int?) -> [Double] { (0..<classes).map { $0 == label ? 1 : 0 } }

    /// What one microbatch of the images gives, by the names of outputs.
    private static func step(
        _ model: VariationalAutoencoder, labels: [Int?], weights: [Double]? = nil, beta: Double = 1,
        parameters: [Double]? = nil
    ) throws -> (gradient: [Double], metrics: [String: Double]) {
        let graph = try model.trainingGraph(microbatch: labels.count)
        var inputs = images.prefix(labels.count).flatMap(\.self) + labels.flatMap(oneHot)
        if model.labelInputs.contains(VariationalAutoencoder.weights) {
            inputs += weights ?? Array(repeating: 1, count: labels.count)
        }
        let results = Interpreter.run(
            graph, parameters: parameters ?? point(model), inputs: inputs + [beta], noise: TinyModels.keys(labels.count)
        )
        let metrics = results.suffix(model.metrics.count)
        return (
            Array(results.prefix(model.parameters.count)),
            Dictionary(uniqueKeysWithValues: zip(model.metrics, metrics))
        )
    }

    // MARK: - Gradients

    /// Loss and gradient belong together: differences of what is reported, put together as the formulas say.
    @Test(arguments: estimators.indices)
    func gradientMatchesDifferences(index: Int) throws {
        let model = try Self.model(Self.estimators[index])
        let labels: [Int?] = index == 0 ? [2, 0, 1] : [2, nil, 0]
        func run(_ parameters: [Double]) throws -> (gradient: [Double], metrics: [String: Double]) {
            try Self.step(model, labels: labels, weights: [0.4, 1.7, 0.9], beta: 0.7, parameters: parameters)
        }
        func loss(_ metrics: [String: Double]) -> Double {
            let weights: [String: Double] =
                switch Self.estimators[index] {
                case .semiSupervised(let formula): ["classification": Double(formula.classificationWeight)]
                case .predictionConstrained(let formula):
                    [
                        "classification": Double(formula.classificationWeight),
                        "consistency": Double(formula.consistencyWeight),
                    ]
                default: [:]
                }
            return metrics["reconstruction"]! + 0.7 * metrics["divergence"]!
                + weights.reduce(0) { $0 + $1.value * (metrics[$1.key] ?? 0) }
        }
        let point = Self.point(model)
        let gradient = try run(point).gradient
        for element in point.indices {
            var (above, below) = (point, point)
            above[element] += 1e-5
            below[element] -= 1e-5
            let difference = (loss(try run(above).metrics) - loss(try run(below).metrics)) / 2e-5
            #expect(
                abs(gradient[element] - difference) < 5e-6 * max(1, abs(difference)),
                "\(element): \(gradient[element]), differences \(difference)")
        }
    }

    @Test func everyPartOfM2IsTrained() throws {
        let model = try Self.model(Self.estimators[1])
        let gradient = try Self.step(model, labels: [2, nil, 0]).gradient
        #expect(model.parameters.slices.contains { $0.name == "classifier/logits/weight" })
        #expect(model.parameters["encoder/1/linear/weight"]?.shape == [4, 9])
        #expect(model.parameters["decoder/0/linear/weight"]?.shape == [4, 5])
        for slice in model.parameters.slices { #expect(gradient[slice.range].contains { $0 != 0 }, "\(slice.name)") }
    }

    // MARK: - M2

    /// U(x) = Σ_y q(y|x) L(x, y) − H(q(y|x)), with L and q of each class from microbatches in which the second image has that label.
    @Test func theUnlabelledBoundIsTheSumOverClasses() throws {
        let model = try Self.model(Self.estimators[1])
        let labelled = try (0..<Self.classes).map { try Self.step(model, labels: [1, $0]).metrics }
        let alone = try Self.step(model, labels: [1]).metrics
        let mixed = try Self.step(model, labels: [1, nil]).metrics
        // The mean over the labelled, times two rows; the first image's own is taken off.
        let probabilities = labelled.map { exp(-($0["classification"]! - alone["classification"]!)) }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
        func expectation(_ name: String) -> Double {
            zip(probabilities, labelled).reduce(0) { $0 + $1.0 * ($1.1[name]! - alone[name]!) }
        }
        let negativeEntropy = probabilities.reduce(0) { $0 + $1 * log($1) }
        let reconstruction = mixed["reconstruction"]! - alone["reconstruction"]!
        let divergence = mixed["divergence"]! - alone["divergence"]!
        #expect(abs(reconstruction - expectation("reconstruction")) < 1e-9)
        #expect(abs(divergence - expectation("divergence") - negativeEntropy) < 1e-9)
        #expect(abs(mixed["classification"]! - 2 * alone["classification"]!) < 1e-9)
    }

    /// The label's own prior, 1/K, is in the labelled bound.
    @Test func theLabelledBoundHasThePriorOfItsLabel() throws {
        let m2 = try Self.model(Self.estimators[1])
        let conditional = try Self.model(Self.estimators[0])
        // The parameters that both have lie first and in one order.
        #expect(
            Array(m2.parameters.slices.prefix(conditional.parameters.slices.count)) == conditional.parameters.slices)
        let point = Self.point(m2)
        let ours = try Self.step(m2, labels: [2], parameters: point).metrics["divergence"]!
        let theirs = try Self.step(
            conditional, labels: [2], parameters: Array(point.prefix(conditional.parameters.count))
        ).metrics["divergence"]!
        #expect(abs(ours - theirs - log(3)) < 1e-9)
    }

    @Test func weightsOfRowsMultiplyTheBoundAndNotTheClassification() throws {
        for estimator in Self.estimators.dropFirst() {
            let model = try Self.model(estimator)
            let one = try Self.step(model, labels: [1, nil], weights: [1, 0]).metrics
            let other = try Self.step(model, labels: [1, nil], weights: [0, 1]).metrics
            let both = try Self.step(model, labels: [1, nil], weights: [3, 0.5]).metrics
            for name in ["reconstruction", "divergence"] {
                #expect(abs(both[name]! - 3 * one[name]! - 0.5 * other[name]!) < 1e-9)
            }
            #expect(both["classification"] == one["classification"] && both["accuracy"] == one["accuracy"])
        }
    }

    // MARK: - Evaluation and inference

    private static func evaluation(_ model: VariationalAutoencoder, labels: [Int?]) -> [String: Double] {
        let results = Interpreter.run(
            model.evaluationGraph(microbatch: 3), parameters: point(model),
            inputs: images.flatMap(\.self) + [1, 1, 1] + labels.flatMap(oneHot), noise: TinyModels.keys(3))
        return Dictionary(uniqueKeysWithValues: zip(model.metrics, results))
    }

    /// Held-out labels tell the accuracy, and no bound: that would be another than the model's own.
    @Test func evaluationLooksAtLabelsForTheAccuracyAlone() throws {
        for estimator in Self.estimators.dropFirst() {
            let model = try Self.model(estimator)
            let all = (0..<Self.classes).map { label in Self.evaluation(model, labels: [label, label, label]) }
            for name in ["reconstruction", "divergence", "consistency"] {
                #expect(all.allSatisfy { $0[name] == all[0][name] }, "\(name)")
            }
            #expect(abs(all.reduce(0) { $0 + $1["accuracy"]! } - 3) < 1e-9, "each image has one greatest class")
        }
    }

    @Test(arguments: estimators.indices) func classesOfImagesAreTold(index: Int) throws {
        let model = try Self.model(Self.estimators[index])
        let graph = try #require(model.classificationGraph(count: 3))
        let told = Interpreter.run(graph, parameters: Self.point(model), inputs: Self.images.flatMap(\.self))
        for row in 0..<3 { #expect(abs(told[row * 3..<(row + 1) * 3].reduce(0, +) - 1) < 1e-9) }
        guard index > 0 else { return }
        let labels: [Int?] = (0..<3).map { row in
            (0..<3).max { told[row * 3 + $0] < told[row * 3 + $1] }
        }
        #expect(Self.evaluation(model, labels: labels)["accuracy"] == 3)
    }

    /// A conditional decoder takes the label behind z, and an image without one is encoded under its most probable class.
    @Test(arguments: [0, 1]) func codesOfConditionalModelsEndWithTheirLabel(index: Int) throws {
        let model = try Self.model(Self.estimators[index])
        #expect(model.codeCount == 5)
        let point = Self.point(model)
        let encoding = model.encodingGraph(count: 3)
        #expect(encoding.outputs.slices.map(\.name) == ["mean", "log_variance", "label"])
        let codes = Interpreter.run(encoding, parameters: point, inputs: Self.images.flatMap(\.self))
        let (means, labels) = (codes[0..<6], codes[12..<21])
        let inputs: [Double] = (0..<3).flatMap { row -> [Double] in
            Array(means[2 * row..<2 * row + 2]) + Array(labels[12 + 3 * row..<15 + 3 * row])
        }
        let decoded = Interpreter.run(model.samplingGraph(count: 3), parameters: point, inputs: inputs)
        let reconstructed = Interpreter.run(
            model.reconstructionGraph(count: 3), parameters: point, inputs: Self.images.flatMap(\.self))
        for (one, other) in zip(decoded, reconstructed) { #expect(abs(one - other) < 1e-12) }
    }

    /// The first layer's product is made once for each image, and added to that of the label.
    @Test func aLabelIsAppendedToTheFirstLinearLayersInput() throws {
        let layers: [Layer] = [.flatten, .linear(units: 4), .softplus]
        let joined = try Network("encoder", layers, input: [1, 2, 3], firstNoiseKey: 0, classes: 3)
        let plain = try Network("encoder", layers, input: [9], firstNoiseKey: 0)
        let x = Tensor.input("x", [2, 1, 2, 3])
        let y = Tensor.everyClass(3, times: 2)
        let parameters = SliceTable(joined.parameters.map { ($0.name, $0.shape) })
        let columns = Tensor.concatenate([x.flattened().repeatedRows(3), y], axis: 1)
        let outputs = [joined.apply(to: x, given: y, .training).result, plain.apply(to: columns, .training).result]
        let graph = Graph(
            parameters: parameters, inputs: SliceTable([("x", [2, 1, 2, 3])]),
            outputs: outputs.enumerated().map { ("\($0.offset)", $0.element) })
        var generator = SeededGenerator(seed: 3)
        let results = Interpreter.run(
            graph, parameters: generator.values(parameters.count, in: -1...1),
            inputs: Self.images.prefix(2).flatMap(\.self))
        #expect(graph.outputs.slices[0].shape == [6, 4])
        for index in 0..<24 { #expect(abs(results[index] - results[24 + index]) < 1e-12) }
    }

    // MARK: - Refusals

    @Test func whatDoesNotFitTogetherIsRefusedInASentence() {
        func problem(
            _ estimator: Estimator, classes: Int? = 3, classifier: [Layer]? = nil, latents: Latents = .gaussian(2),
            encoder: [Layer] = [.flatten, .linear(units: 4)]
        ) -> String {
            do {
                _ = try VariationalAutoencoder(
                    ModelDescription(
                        images: TinyModels.linear.images, encoder: encoder, latents: latents,
                        decoder: TinyModels.linear.decoder, classes: classes, classifier: classifier),
                    Objective(likelihood: .bernoulli, estimator: estimator))
                return ""
            } catch { return "\(error)" }
        }
        let (m2, constrained) = (Estimator.semiSupervised(.init()), Estimator.predictionConstrained(.init()))
        let conditional = Estimator.conditional(.init())
        #expect(problem(conditional) == "")
        #expect(problem(m2, classifier: [.flatten]) == "" && problem(constrained, classifier: []) == "")
        #expect(problem(.evidenceLowerBound(.init())).contains("classes has no use"))
        #expect(problem(.evidenceLowerBound(.init()), classes: nil, classifier: []).contains("classifier has no use"))
        #expect(problem(conditional, classes: nil).contains("classes is missing"))
        #expect(problem(conditional, classes: 256).contains("must lie between 2 and 255"))
        #expect(problem(conditional, classifier: []).contains("trains no classifier"))
        #expect(problem(m2).contains("write its layers, which take images"))
        #expect(problem(constrained).contains("[] is a linear one"))
        #expect(problem(m2, classifier: []).contains("put `flatten` at its end"))
        #expect(problem(m2, classifier: [.flatten], latents: .bernoulli(3)).contains("needs normal latents"))
        #expect(problem(conditional, encoder: [.flatten]).contains("has no linear layer"))
        #expect(
            problem(conditional, encoder: [.flatten, .linear(units: 4), .dropout(probability: 0.5)]).contains(
                "paired with every class"))
        #expect(
            problem(.semiSupervised(.init(classificationWeight: -1)), classifier: [.flatten]).contains(
                "must be 0 or more"))
    }
}
