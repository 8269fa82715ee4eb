import Tensors

/// The one door through which a formula gets what its arguments do not give it: the networks, noise, parameters and running values of
/// its own, and numbers that a schedule gives to each step.
///
/// It records what was asked for, in the order in which it was asked for. So the tables of a model's parameters and statistics come from
/// writing its formula down once, and nothing is declared twice.
public struct Scope {
    /// Whether a step of training is written, or what is done with a trained model.
    let mode: Mode
    /// B, the number of examples.
    let examples: Int
    /// The pixels that the likelihood judges, (B, C, H, W); nil where nothing is judged.
    let pixels: Tensor?
    let settings: Objective
    let latents: Latents
    private let images: ImageDescription
    /// K, the number of classes of a label; nil where the model has none.
    let classes: Int?
    private let encoder: Network
    private let decoder: Network
    private let classifier: Network?

    /// What training adjusts, and what it keeps a running value of.
    private(set) var parameters: [Variable] = []
    private(set) var statistics: [Variable] = []
    /// What this microbatch gives for each running value.
    private(set) var batchStatistics: [(name: String, tensor: Tensor)] = []
    /// The numbers that a step is given, each a scalar.
    private(set) var scheduled: [Scheduled] = []
    /// The inputs with labels and with weights of rows that were asked for, by their names.
    private(set) var labelInputs: [(name: String, shape: Shape)] = []
    private var noiseSources: UInt16 = 0

    /// What a formula sees in training.
    ///
    /// - Parameter pixels: (B, C, H, W), as the model sees them.
    init(
        _ mode: Mode, pixels: Tensor, _ description: ModelDescription, _ settings: Objective, _ encoder: Network,
        _ decoder: Network, _ classifier: Network? = nil
    ) {
        self.init(mode, examples: pixels.shape[0], pixels: pixels, description, settings, encoder, decoder, classifier)
    }

    /// What is done with a trained model for some examples.
    init(
        _ mode: Mode, examples: Int, pixels: Tensor?, _ description: ModelDescription, _ settings: Objective,
        _ encoder: Network, _ decoder: Network, _ classifier: Network? = nil
    ) {
        self.mode = mode
        self.examples = examples
        self.pixels = pixels.map { description.images.prediction?.predicted(of: $0) ?? $0 }
        self.settings = settings
        images = description.images
        latents = description.latents
        classes = description.classes
        self.encoder = encoder
        self.decoder = decoder
        self.classifier = classifier
    }

    /// Keyed random numbers (R, …), where R is a multiple of B: row r is the draw number r mod R/B for example r / (R/B).
    mutating func noise(_ distribution: Operation.Noise.Distribution, _ shape: Shape) -> Tensor {
        let rows = shape[0]
        precondition(rows % examples == 0, "\(rows) rows of noise for \(examples) examples")
        let ofExamples: Shape = rows == examples ? shape : [examples, shape.count / examples]
        defer { noiseSources += 1 }
        return Tensor(.noise(.init(distribution, key: NoiseKey.latents + noiseSources)), shape: ofExamples)
            .reshaped(to: shape)
    }

    /// A trained tensor of the formula's own.
    mutating func parameter(_ name: String, _ shape: Shape, startingAt value: Float) -> Tensor {
        request([Variable(name: name, shape: shape, initialisation: .constant(value))], in: \.parameters)
        return .parameter(name, shape)
    }

    /// A running value, a scalar, as it was before this step.
    ///
    /// - Parameters:
    ///   - rule: How far a step moves it.
    ///   - batch: What this microbatch moves it towards; only asked for in training.
    mutating func statistic(
        _ name: String, startingAt value: Float, _ rule: StatisticRule = .movingAverage, batch: () -> Tensor
    ) -> Tensor {
        let variable = Variable(name: name, shape: [], initialisation: .constant(value), rule: rule)
        if request([variable], in: \.statistics), mode == .training { batchStatistics.append((name, batch())) }
        return .statistic(name, [])
    }

    /// A number that a schedule gives to each step of training, a scalar.
    mutating func scheduled(_ number: Scheduled) -> Tensor {
        if !scheduled.contains(number) { scheduled.append(number) }
        return .input(number.rawValue, [])
    }

    /// The examples' labels, one-hot, (B, K); zeros for an example without one.
    mutating func labels() -> Tensor {
        guard let classes else { preconditionFailure("labels of a model without classes were refused before") }
        return labelInput(VariationalAutoencoder.labels, [examples, classes])
    }

    /// How much each example counts in training, (B), so that the mean is one of all the data, however many of a microbatch have labels.
    /// In evaluation all count alike.
    mutating func weights() -> Tensor {
        mode == .training ? labelInput(VariationalAutoencoder.weights, [examples]) : .constant(1, [examples])
    }

    private mutating func labelInput(_ name: String, _ shape: Shape) -> Tensor {
        if !labelInputs.contains(where: { $0.name == name }) { labelInputs.append((name, shape)) }
        return .input(name, shape)
    }

    /// q(z|x), the encoder's answer to pixels (B, C, H, W); or q(z|x, y) for labels (R, K), where row r is of example r / (R/B).
    mutating func posterior(of x: Tensor, given labels: Tensor? = nil) -> any LatentDistribution {
        let seen = images.prediction?.given(of: x) ?? x
        return latents.family.posterior(of: apply(encoder, to: seen, given: labels), in: &self)
    }

    /// p(x|z), the decoder's answer to latents (R, Z), or p(x|z, y) for labels (R, K): of the whole image, or of the part that is predicted.
    mutating func likelihood(of z: Tensor, given labels: Tensor? = nil) -> any Distribution {
        let decoded = apply(decoder, to: latents.family.decoderInput(of: z), given: labels)
        guard let prediction = images.prediction else { return settings.likelihood.distribution(decoded, in: &self) }
        let part = prediction.predicted(of: decoded)
        return PredictedPart(prediction, of: settings.likelihood.distribution(part, in: &self))
    }

    /// The prior's z (R, Z), with keyed noise; nil where there is no prior apart from the posterior.
    mutating func priorSample(rows: Int) -> Tensor? { latents.family.priorSample(rows: rows, in: &self) }

    /// The prior's z (R, Z), of numbers drawn on the host.
    mutating func latents(ofDraw draw: Tensor) -> Tensor { latents.family.latents(ofDraw: draw, in: &self) }

    /// A layer at the end of a network, which need not be written: it turns features into what a distribution is made of, the posterior
    /// behind the encoder.
    mutating func head(_ name: String, _ layer: Layer, _ features: Tensor, of network: String = "encoder") -> Tensor {
        let path = "\(network)/\(name)"
        let input = Shape(Array(features.shape.dimensions.dropFirst()))
        request(layer.behaviour.parameters(for: input).map { $0.named(under: path) }, in: \.parameters)
        var scope = LayerScope(
            .inference, path: path, keys: LayerKeys(own: 0, within: 0), layer: layer.behaviour, input: input)
        return layer.behaviour.apply(to: features, in: &scope)
    }

    /// A trained matrix with a bias, to be applied to as many things as a formula likes.
    mutating func linearMap(_ path: String, from features: Int, to units: Int) -> LinearMap {
        let variables = Layer.Linear(units: units).parameters(for: [features]).map { $0.named(under: path) }
        request(variables, in: \.parameters)
        return LinearMap(
            weight: .parameter("\(path)/weight", [units, features]), bias: .parameter("\(path)/bias", [units]))
    }

    /// The classifier's logits of what it takes, images or latents: (R, K).
    mutating func classLogits(of x: Tensor) -> Tensor {
        guard let classifier, let classes else { preconditionFailure("the lack of a classifier was refused before") }
        return head("logits", .linear(units: classes), apply(classifier, to: x), of: classifier.name)
    }

    private mutating func apply(_ network: Network, to x: Tensor, given labels: Tensor? = nil) -> Tensor {
        request(network.parameters, in: \.parameters)
        let (result, measured) = network.apply(to: x, given: labels, mode)
        // Statistics of a network that is applied twice are those of its first pass.
        if request(network.statistics, in: \.statistics) { batchStatistics += measured }
        return result
    }

    /// Whether any of the variables is asked for the first time.
    @discardableResult
    private mutating func request(_ variables: [Variable], in table: WritableKeyPath<Scope, [Variable]>) -> Bool {
        let known = Set(self[keyPath: table].map(\.name))
        let new = variables.filter { !known.contains($0.name) }
        self[keyPath: table] += new
        return !new.isEmpty
    }
}

/// A number that a schedule gives to each step. Its name is that of the graph's input.
public enum Scheduled: String, Hashable, Sendable, CaseIterable {
    /// β
    case divergenceWeight = "divergence weight"
    /// τ, how sharp a relaxed sample is.
    case temperature
    /// C, the nats that the divergence is held to.
    case capacity
}

/// How a running value follows the microbatches' ones. The value of a step is the mean over its microbatches.
public enum StatisticRule: Hashable, Sendable {
    /// running ← (1 − momentum) · running + momentum · batch, with a momentum of 0.1.
    case movingAverage
    /// The mean of all steps so far: running ← running + (batch − running) / t in the step number t, from 1.
    case meanOfAll
}
