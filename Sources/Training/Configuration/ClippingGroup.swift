import Settings

/// Parameters whose common gradient is shortened where it is longer than a limit.
///
/// A gradient g of the group becomes g · min(1, limit / (‖g‖ + 10⁻⁶)), as `torch.nn.utils.clip_grad_norm_` has it.
///
/// Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, algorithm 1.
public struct ClippingGroup: Hashable, Sendable, Codable {
    /// What the names of the group's parameters begin with, such as `encoder/`.
    public var parameters: [String]
    public var maximumNorm: Double

    enum CodingKeys: String, CodingKey, CaseIterable {
        case parameters
        case maximumNorm = "maximum_norm"
    }

    public init(parameters: [String], maximumNorm: Double) {
        self.parameters = parameters
        self.maximumNorm = maximumNorm
    }

    /// Whether a parameter belongs to the group.
    func contains(_ name: String) -> Bool { parameters.contains { name.hasPrefix($0) } }

    /// What the group's gradient of the given norm is multiplied with.
    func factor(norm: Double) -> Double { min(1, maximumNorm / (norm + 1e-6)) }
}

extension ClippingGroup.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .parameters:
            Setting("What the names of the group's parameters begin with, such as `encoder/`.", .list(.text))
        case .maximumNorm:
            Setting(
                "The longest that the gradient of the group may be.", .number(.aboveZero),
                otherNames: ["max_norm", "clip_norm", "maxnorm"])
        }
    }
}
