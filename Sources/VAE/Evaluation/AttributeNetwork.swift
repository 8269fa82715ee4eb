import Randomness
import Tensors

/// A small convolutional network that tells what is true of an image, to judge changed images with. It is no part of a model.
///
/// Four convolutions halve the sides, with 16 to 64 filters that are normalised eight by eight; a hidden layer of 64 units and K logits follow. Each attribute is told by itself:
/// the loss is Σ w · (softplus(l) − y · l), the cross-entropy in nats.
public struct AttributeNetwork: Sendable {
    /// The trained tensors.
    public let parameters: SliceTable
    private let variables: [Variable]
    private let network: Network
    private let image: Shape
    /// K, how many attributes are told.
    public let attributes: Int

    /// Names of the training graph's inputs besides `VariationalAutoencoder.pixels`: y and w, (B, K) each.
    public static let truth = "truth"
    public static let weights = "weights"

    /// - Throws: `DescriptionError` for images that no such network takes.
    public init(images: ImageDescription, attributes: Int) throws(DescriptionError) {
        image = images.shape
        self.attributes = attributes
        let convolutions = [16, 32, 64, 64].flatMap { filters -> [Layer] in
            [
                .convolution(filters: filters, window: 3, stride: 2, padding: 1),
                .groupNormalization(groups: filters / 8), .leakyReLU(slope: 0.1),
            ]
        }
        let layers =
            convolutions + [.flatten, .linear(units: 64), .leakyReLU(slope: 0.1), .linear(units: attributes)]
        network = try Network("judge", layers, input: image, firstNoiseKey: NoiseKey.classifier)
        variables = network.parameters
        parameters = SliceTable(variables.map { ($0.name, $0.shape) })
    }

    /// The parameters before training: a function of the seed alone.
    public func initialParameters(seed: UInt64) -> [Float] {
        variables.enumerated().flatMap { index, variable in
            let stream = RandomStream(seed: seed, operator: RandomStream.initialisation, example: UInt32(index))
            return variable.initialisation.values(variable.shape.count, from: stream)
        }
    }

    /// The loss and its gradient of B images: `pixels`, `truth` and `weights` to `gradient/…` of each parameter.
    public func trainingGraph(count: Int) -> Graph {
        let pixels = Tensor.input(VariationalAutoencoder.pixels, shape(of: count))
        let truth = Tensor.input(Self.truth, [count, attributes])
        let weights = Tensor.input(Self.weights, [count, attributes])
        let logits = logits(of: pixels, .training)
        let loss = (weights * (softplus(logits) - truth * logits)).sum()
        let trained = parameters.slices.map { Tensor.parameter($0.name, $0.shape) }
        let gradients = Tensors.gradients(of: loss, withRespectTo: trained)
        return Graph(
            parameters: parameters, statistics: SliceTable(),
            inputs: SliceTable([
                (VariationalAutoencoder.pixels, pixels.shape), (Self.truth, truth.shape), (Self.weights, weights.shape),
            ]), outputs: zip(parameters.slices, gradients).map { ("gradient/\($0.name)", $1) })
    }

    /// `pixels` to `logits` (B, K), which are above 0 where an attribute is more probable than not.
    public func logitsGraph(count: Int) -> Graph {
        let pixels = Tensor.input(VariationalAutoencoder.pixels, shape(of: count))
        return Graph(
            parameters: parameters, statistics: SliceTable(),
            inputs: SliceTable([(VariationalAutoencoder.pixels, pixels.shape)]),
            outputs: [("logits", logits(of: pixels, .inference))])
    }

    private func shape(of count: Int) -> Shape { Shape([count] + image.dimensions) }

    private func logits(of pixels: Tensor, _ mode: Mode) -> Tensor { network.apply(to: pixels - 0.5, mode).result }
}
