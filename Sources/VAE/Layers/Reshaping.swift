import Settings
import Tensors

/// (C, H, W) to a vector, row-major.
struct Flatten: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape { [input.count] }
    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor { x.flattened() }
}

extension Layer {
    public static func reshape(_ dimensions: Int...) -> Layer { .reshape(Reshape(dimensions)) }
    public static func upsampling(factor: Int) -> Layer { .upsampling(Upsampling(factor: factor)) }

    /// The same elements in row-major order under another shape, without the batch axis. Written `reshape: [64, 8, 8]`.
    public struct Reshape: Hashable, Sendable, Codable {
        public var dimensions: [Int]

        public init(_ dimensions: [Int]) { self.dimensions = dimensions }

        public init(from decoder: any Decoder) throws {
            dimensions = try decoder.singleValueContainer().decode([Int].self)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(dimensions)
        }
    }

    /// Repeats each pixel `factor` times in both directions: nearest-neighbour upsampling.
    public struct Upsampling: Hashable, Sendable, Codable {
        public var factor: Int

        public init(factor: Int) { self.factor = factor }

        enum CodingKeys: String, CodingKey, CaseIterable { case factor }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            factor = try container.decode(Int.self, forKey: .factor)
        }
    }
}

extension Layer.Reshape: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try LayerProblem.require(
            (1...3).contains(dimensions.count) && dimensions.allSatisfy { $0 > 0 && $0 <= Limits.elements },
            "asks for \(dimensions), but a shape here is one to three extents of at least 1")
        let shape = Shape(dimensions)
        try LayerProblem.require(
            Limits.allow(shape) && shape.count == input.count,
            "asks for \(shape), but its input \(input) holds \(input.count) elements: "
                + "change the shape or the layer before it")
        return shape
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor { x.reshaped(to: Shape([x.shape[0]] + dimensions)) }
}

extension Layer.Upsampling: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireSetting("factor", factor)
        try requireImage(input)
        return [input[0], input[1] * factor, input[2] * factor]
    }

    /// (B·C·H, 1, W, 1) is stretched to (B·C·H, factor, W, factor), which read row-major is the larger image.
    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let (rows, width) = (x.shape.count / x.shape[3], x.shape[3])
        return x.reshaped(to: [rows, 1, width, 1]).broadcast(to: [rows, factor, width, factor])
            .reshaped(to: [x.shape[0], x.shape[1], x.shape[2] * factor, width * factor])
    }
}

extension Layer.Upsampling.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .factor:
            Setting(
                "How often each pixel is repeated in each direction.", .wholeNumber(1...Limits.setting),
                otherNames: ["scale", "scale_factor"])
        }
    }
}
