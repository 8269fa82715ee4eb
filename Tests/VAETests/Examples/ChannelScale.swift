import Settings
import Tensors

@testable import VAE

extension Layer {
    /// y = scale · x for each channel, scale being trained; it begins near 0, so that a block begins as what it is added to.
    ///
    /// Source: Touvron et al., "Going deeper with image transformers", ICCV 2021, section 2 (LayerScale).
    struct ChannelScale: Hashable, Sendable, Codable {
        var start: Float

        init(start: Float = 0.1) { self.start = start }

        enum CodingKeys: String, CodingKey, CaseIterable { case start }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            start = try container.decodeIfPresent(Float.self, forKey: .start) ?? 0.1
        }
    }
}

extension Layer.ChannelScale: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try LayerProblem.require(start.isFinite && start > 0, "begins with \(start), but must begin above 0")
        return input
    }

    func parameters(for input: Shape) -> [Variable] {
        [Variable(name: "scale", shape: [input[0]], initialisation: .constant(start))]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let ones = Array(repeating: 1, count: x.shape.rank - 2)
        return x * scope["scale"]!.reshaped(to: Shape([1, x.shape[1]] + ones))
    }
}

extension Layer.ChannelScale.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .start: Setting("The scale before training.", .number(.aboveZero), default: "0.1")
        }
    }
}
