import Settings
import Tensors

extension Layer {
    public static func leakyReLU(slope: Float) -> Layer { .leakyReLU(LeakyReLU(slope: slope)) }

    /// x where x > 0, else slope · x.
    public struct LeakyReLU: Hashable, Sendable, Codable {
        public var slope: Float

        public init(slope: Float = 0.01) { self.slope = slope }

        enum CodingKeys: String, CodingKey, CaseIterable { case slope }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            slope = try container.decodeIfPresent(Float.self, forKey: .slope) ?? 0.01
        }
    }
}

extension Layer.LeakyReLU: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape { input }
    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor { Tensors.leakyReLU(x, slope: slope) }
}

/// A function without settings, applied to each element.
struct Elementwise: LayerBehaviour {
    let function: (Tensor) -> Tensor

    func output(for input: Shape) throws(LayerProblem) -> Shape { input }
    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor { function(x) }
}

extension Layer.LeakyReLU.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .slope:
            Setting(
                "The slope below 0.", .number(.any), default: "0.01", otherNames: ["negative_slope", "alpha"])
        }
    }
}
