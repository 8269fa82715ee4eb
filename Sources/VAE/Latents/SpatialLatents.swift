import Randomness
import Settings
import Tensors

/// Normal latents that keep their places: an image of C channels, N(0, 1) each, of which the decoder is a convolutional network.
///
/// The heads are convolutions with a window of 1, so that every latent sees what the encoder's last image has in its place.
public struct SpatialLatents: LatentFamily, Hashable, Codable {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    var decoderInput: Shape { [channels, height, width] }
    var count: Int { decoderInput.count }
    var areReparameterised: Bool { true }

    func problem(withFeatures features: Shape) -> String? {
        let fits = features.rank == 3 && features[1] == height && features[2] == width
        return fits
            ? nil : "ends with \(features), but for these latents must end with an image of \(height) × \(width)"
    }

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        let layer = Layer.convolution(filters: channels, window: 1)
        let mean = scope.head("mean", layer, features).flattened()
        let logVariance = scope.head("log_variance", layer, features).flattened()
        return DiagonalGaussian(mean: mean, logVariance: logVariance)
    }

    func decoderInput(of z: Tensor) -> Tensor { z.reshaped(to: [z.shape[0], channels, height, width]) }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? { scope.noise(.normal, [rows, count]) }

    func draw(_ stream: RandomStream) -> [Float] { GaussianLatents(count: count).draw(stream) }

    enum CodingKeys: String, CodingKey, CaseIterable { case channels, height, width }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        channels = try container.decode(Int.self, forKey: .channels)
        height = try container.decode(Int.self, forKey: .height)
        width = try container.decode(Int.self, forKey: .width)
    }
}

extension SpatialLatents.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .channels: Setting("Latents in each place.", .wholeNumber(1...Limits.setting))
        case .height: Setting("Rows of the encoder's last image.", .wholeNumber(1...Limits.setting))
        case .width: Setting("Columns of the encoder's last image.", .wholeNumber(1...Limits.setting))
        }
    }
}
