import Settings
import Tensors

extension Layer {
    public static func dropout(probability: Float) -> Layer { .dropout(Dropout(probability: probability)) }
    public static func dropout2D(probability: Float) -> Layer { .dropout2D(Dropout2D(probability: probability)) }

    /// In training, sets each element to 0 with the given probability and divides the others by 1 − probability.
    public struct Dropout: Hashable, Sendable, Codable {
        public var probability: Float

        public init(probability: Float) { self.probability = probability }

        enum CodingKeys: String, CodingKey, CaseIterable { case probability }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            probability = try container.decode(Float.self, forKey: .probability)
        }
    }

    /// In training, sets each channel of an image to 0 as a whole with the given probability and divides the others by
    /// 1 − probability.
    public struct Dropout2D: Hashable, Sendable, Codable {
        public var probability: Float

        public init(probability: Float) { self.probability = probability }

        enum CodingKeys: String, CodingKey, CaseIterable { case probability }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            probability = try container.decode(Float.self, forKey: .probability)
        }
    }
}

extension Layer.Dropout: LayerBehaviour {
    var drawsNoise: Bool { true }

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireProbability(probability)
        return input
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        guard scope.mode == .training, probability > 0 else { return x }
        return Tensors.dropout(x, probability: probability, key: scope.keys.own)
    }
}

extension Layer.Dropout2D: LayerBehaviour {
    var drawsNoise: Bool { true }

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireProbability(probability)
        try requireImage(input)
        return input
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        guard scope.mode == .training, probability > 0 else { return x }
        return Tensors.dropout2D(x, probability: probability, key: scope.keys.own)
    }
}

extension Layer.Dropout.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .probability:
            Setting("How likely it is to become 0.", .number(.belowOne), otherNames: ["p", "rate"])
        }
    }
}

extension Layer.Dropout2D.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .probability:
            Setting("How likely it is to become 0.", .number(.belowOne), otherNames: ["p", "rate"])
        }
    }
}
