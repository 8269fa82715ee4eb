import Settings
import Tensors

extension Layer {
    public static func batchNormalization(epsilon: Float = 1e-5) -> Layer {
        .batchNormalization(BatchNormalization(epsilon: epsilon))
    }

    /// y = (x − mean) · scale / √(variance + epsilon) + offset for each channel: with the microbatch's mean and variance in
    /// training, with the running ones in inference.
    public struct BatchNormalization: Hashable, Sendable, Codable {
        public var epsilon: Float

        public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

        enum CodingKeys: String, CodingKey, CaseIterable { case epsilon }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            epsilon = try container.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5
        }
    }
}

extension Layer.BatchNormalization: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try LayerProblem.require(epsilon > 0, "has an epsilon of \(epsilon), but must have one above 0")
        return input
    }

    func parameters(for input: Shape) -> [Variable] {
        [
            Variable(name: "scale", shape: [input[0]], initialisation: .constant(1)),
            Variable(name: "offset", shape: [input[0]], initialisation: .constant(0)),
        ]
    }

    func statistics(for input: Shape) -> [Variable] {
        [
            Variable(name: "mean", shape: [input[0]], initialisation: .constant(0)),
            Variable(name: "variance", shape: [input[0]], initialisation: .constant(1)),
        ]
    }

    func problem(microbatch: Int, for input: Shape) -> LayerProblem? {
        guard microbatch * input.count == input[0] else { return nil }
        return LayerProblem(
            "normalises one value a channel in a microbatch of \(microbatch), which has no variance: make the microbatch larger"
        )
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        switch scope.mode {
        case .training:
            let layer = Tensors.BatchNormalization(
                of: x, scale: scope["scale"]!, offset: scope["offset"]!, pivot: scope["mean"]!, epsilon: epsilon)
            scope.record(layer.mean, as: "mean")
            scope.record(layer.variance * besselCorrection(x.shape), as: "variance")
            return layer.result
        case .inference:
            return Tensors.batchNormalization(
                x, scale: scope["scale"]!, offset: scope["offset"]!, mean: scope["mean"]!,
                variance: scope["variance"]!, epsilon: epsilon)
        }
    }

    /// n / (n − 1): running variances are of the unbiased estimate, as in PyTorch, though the microbatch is normalised with
    /// the biased one.
    private func besselCorrection(_ shape: Shape) -> Float {
        let count = shape.count / shape[1]
        precondition(count > 1, "one value a channel, as in \(shape), has no variance")
        return Float(count) / Float(count - 1)
    }
}

extension Layer.BatchNormalization.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .epsilon:
            Setting("What is added to the variance.", .number(.aboveZero), default: "1e-05", otherNames: ["eps"])
        }
    }
}
