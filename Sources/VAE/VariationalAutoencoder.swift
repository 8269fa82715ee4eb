import Randomness
import Tensors

/// A variational autoencoder: an encoder network q(z|x), a decoder network p(x|z), and the objective that trains both.
///
/// Start with `Objective` for what is computed, `Objectives/EvidenceLowerBound` for a formula, and `Preset` for whole models. Nothing
/// here computes a number: the graphs that the model makes are compiled and run by an engine.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct VariationalAutoencoder: Sendable {
    public let description: ModelDescription
    public let objective: Objective
    /// The trained tensors, encoder first: names such as `encoder/0/convolution/weight`, shapes as PyTorch has them.
    public let parameters: SliceTable
    /// The running means and variances of batch normalisation, and running values of the objective.
    public let statistics: SliceTable
    /// How each of the statistics moves, in the order of their table.
    public let statisticRules: [StatisticRule]
    /// The sums that a step measures, after gradients and statistics: `reconstruction` and `divergence` first.
    public let metrics: [String]
    /// The numbers that a schedule gives to each step.
    public let scheduled: [Scheduled]

    /// How far a step moves a moving average: running ← (1 − momentum) · running + momentum · batch.
    public static let statisticsMomentum: Float = 0.1

    /// The inputs of a training graph besides pixels and what is scheduled, for an objective that reads labels.
    let labelInputs: [String]

    let encoder: Network
    let decoder: Network
    let classifier: Network?
    private let variables: [Variable]
    private let runningStatistics: [Variable]

    /// Checks that the layers fit together and the objective makes sense.
    public init(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        try Self.check(description, objective)
        self.description = description
        self.objective = objective
        encoder = try Network(
            "encoder", description.encoder, input: description.images.shape, firstNoiseKey: NoiseKey.encoder,
            classes: Self.classesOfNetworks(description, objective))
        decoder = try Network(
            "decoder", description.decoder, input: description.latents.family.decoderInput,
            firstNoiseKey: NoiseKey.decoder, classes: Self.classesOfNetworks(description, objective))
        classifier = try Self.classifier(description, objective)
        try Self.check(encoder, decoder, description, objective)
        // Writing the formula down once says what it needs. Two examples, since one has no variance.
        let x = description.images.placeholder(2)
        var scope = Scope(.training, pixels: x, description, objective, encoder, decoder, classifier)
        let loss = objective.estimator.formula.loss(x, in: &scope)
        variables = scope.parameters
        runningStatistics = scope.statistics
        parameters = SliceTable(variables.map { ($0.name, $0.shape) })
        statistics = SliceTable(runningStatistics.map { ($0.name, $0.shape) })
        statisticRules = runningStatistics.map(\.rule)
        metrics = loss.metrics.map(\.name)
        scheduled = scope.scheduled
        labelInputs = scope.labelInputs.map(\.name)
    }

    /// The classes of the labels that the objective reads; nil where it reads none.
    public var classes: Int? { labelInputs.contains(Self.labels) ? description.classes : nil }

    /// Whether encoder and decoder take a label.
    public var isConditional: Bool { objective.estimator.formula.labels?.isConditional ?? false }

    /// The number of values between all layers of all networks for one example: what a pass forwards makes.
    public var valuesPerExample: Int {
        let formula = objective.estimator.formula
        let rows = formula.rows(description)
        let rowsOfEncoder = formula.labels?.pairsAll == true ? rows : 1
        return rowsOfEncoder * encoder.values + rows * decoder.values + (classifier?.values ?? 0)
    }

    /// The number of values between all layers of the decoder for one z.
    public var valuesPerSample: Int { decoder.values }

    /// The parameters before training, laid out by the table: a function of the seed alone.
    ///
    /// Slice i draws from the stream of the operator `initialisation` and example i.
    public func initialParameters(seed: UInt64) -> [Float] {
        initial(variables, seed: seed)
    }

    /// The running statistics before training: means 0, variances 1.
    public func initialStatistics() -> [Float] {
        initial(runningStatistics, seed: 0)
    }

    private func initial(_ variables: [Variable], seed: UInt64) -> [Float] {
        variables.enumerated().flatMap { index, variable in
            let stream = RandomStream(seed: seed, operator: RandomStream.initialisation, example: UInt32(index))
            return variable.initialisation.values(variable.shape.count, from: stream)
        }
    }
}
