import Randomness
import Tensors

/// A variational autoencoder: an encoder network q(z|x), a decoder network p(x|z), and the objective that trains both.
///
/// Start with `Objective` for what is computed, `DiagonalGaussian` for how z is sampled, and `Preset` for whole models. Nothing
/// here computes a number: the graphs that the model makes are compiled and run by an engine.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct VariationalAutoencoder: Sendable {
    public let description: ModelDescription
    public let objective: Objective
    /// The trained tensors, encoder first: names such as `encoder/0/convolution/weight`, shapes as PyTorch has them.
    public let parameters: SliceTable
    /// The running means and variances of batch normalisation.
    public let statistics: SliceTable

    /// How far a step moves running statistics towards the microbatches': running ← (1 − momentum) · running + momentum · batch.
    public static let statisticsMomentum: Float = 0.1

    let encoder: Network
    let decoder: Network
    private let variables: [Variable]
    private let runningStatistics: [Variable]

    /// Checks that the layers fit together and the objective makes sense.
    public init(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        try Self.check(description, objective)
        self.description = description
        self.objective = objective
        encoder = try Network(
            "encoder", description.encoder, input: description.images.shape, firstNoiseKey: NoiseKey.encoder)
        decoder = try Network(
            "decoder", description.decoder, input: [description.latents], firstNoiseKey: NoiseKey.decoder)
        try Self.check(encoder, decoder, description.images.shape, description.latents)
        let heads = PosteriorHead.allCases.flatMap { [encoder] in
            $0.variables(features: encoder.output[0], latents: description.latents)
        }
        variables = encoder.parameters + heads + decoder.parameters
        runningStatistics = encoder.statistics + decoder.statistics
        parameters = SliceTable(variables.map { ($0.name, $0.shape) })
        statistics = SliceTable(runningStatistics.map { ($0.name, $0.shape) })
    }

    /// The number of values between all layers of both networks for one example: what a pass forwards makes.
    public var valuesPerExample: Int { encoder.values + decoder.values }

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
