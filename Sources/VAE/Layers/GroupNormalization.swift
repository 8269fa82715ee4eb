import Settings
import Tensors

extension Layer {
    public static func groupNormalization(groups: Int, epsilon: Float = 1e-5) -> Layer {
        .groupNormalization(GroupNormalization(groups: groups, epsilon: epsilon))
    }

    /// y = (x − mean) · scale / √(variance + epsilon) + offset, the mean and the variance being those of a group of neighbouring channels of
    /// one example: what other examples are does not matter. `groups: 1` normalises over all channels.
    public struct GroupNormalization: Hashable, Sendable, Codable {
        public var groups: Int
        public var epsilon: Float

        public init(groups: Int, epsilon: Float = 1e-5) {
            self.groups = groups
            self.epsilon = epsilon
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case groups, epsilon }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            groups = try container.decode(Int.self, forKey: .groups)
            epsilon = try container.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5
        }
    }
}

extension Layer.GroupNormalization: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireSetting("groups", groups)
        try LayerProblem.require(epsilon > 0, "has an epsilon of \(epsilon), but must have one above 0")
        try LayerProblem.require(
            input[0] % groups == 0,
            "has \(groups) groups, which do not divide the \(input[0]) channels of its input: choose a divisor")
        try LayerProblem.require(
            input.count > groups,
            "normalises one value a group, which has no variance: its input \(input) needs fewer groups than \(groups)")
        return input
    }

    func parameters(for input: Shape) -> [Variable] {
        [
            Variable(name: "scale", shape: [input[0]], initialisation: .constant(1)),
            Variable(name: "offset", shape: [input[0]], initialisation: .constant(0)),
        ]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        Tensors.groupNormalization(
            x, groups: groups, scale: scope["scale"]!, offset: scope["offset"]!, epsilon: epsilon)
    }
}

extension Layer.GroupNormalization.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .groups:
            Setting(
                "Into how many groups the channels are divided, evenly.", .wholeNumber(1...Limits.setting),
                otherNames: ["num_groups"])
        case .epsilon:
            Setting("What is added to the variance.", .number(.aboveZero), default: "1e-05", otherNames: ["eps"])
        }
    }
}
