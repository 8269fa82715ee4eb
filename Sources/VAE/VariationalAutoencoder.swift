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
        try Self.check(encoder, decoder, description.images.shape)
        let heads = PosteriorHead.allCases.flatMap { [encoder] in
            $0.variables(features: encoder.output[0], latents: description.latents)
        }
        variables = encoder.parameters + heads + decoder.parameters
        runningStatistics = encoder.statistics + decoder.statistics
        parameters = SliceTable(variables.map { ($0.name, $0.shape) })
        statistics = SliceTable(runningStatistics.map { ($0.name, $0.shape) })
    }

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

    private static func check(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        let images = description.images
        try require(
            [images.channels, images.height, images.width].allSatisfy { $0 > 0 }, "images",
            "are \(images.channels) × \(images.height) × \(images.width), but every extent must be at least 1")
        try require(description.latents > 0, "latents", "is \(description.latents), but must be at least 1")
        let weight = objective.reconstructionWeight
        try require(
            weight.isFinite && weight >= 0, "objective/reconstruction_weight", "is \(weight), but must be 0 or more")
        if case .gaussian(let variance) = objective.likelihood {
            try require(variance > 0, "objective/likelihood/gaussian/variance", "is \(variance), but must be above 0")
        }
    }

    private static func check(_ encoder: Network, _ decoder: Network, _ images: Shape) throws(DescriptionError) {
        try require(
            encoder.output.rank == 1, "encoder",
            "ends with \(encoder.output), but must end with a vector of features: put `flatten` at its end")
        try require(
            decoder.output == images, "decoder",
            "ends with \(decoder.output), but the images are \(images): change its last layers' filters, padding or trim, "
                + "or end it with `reshape`")
    }

    static func require(
        _ condition: Bool, _ path: String, _ problem: @autoclosure () -> String
    ) throws(DescriptionError) {
        if !condition { throw DescriptionError(path: path, problem: problem()) }
    }
}
