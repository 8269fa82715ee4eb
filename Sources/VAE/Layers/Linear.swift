import Settings
import Tensors

extension Layer {
    public static func linear(units: Int, bias: Bool = true) -> Layer { .linear(Linear(units: units, bias: bias)) }

    /// y = x · weightᵀ + bias, for x (B, I), weight (units, I), bias (units).
    public struct Linear: Hashable, Sendable, Codable {
        public var units: Int
        public var bias: Bool

        public init(units: Int, bias: Bool = true) {
            self.units = units
            self.bias = bias
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case units, bias }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            units = try container.decode(Int.self, forKey: .units)
            bias = try container.decodeIfPresent(Bool.self, forKey: .bias) ?? true
        }
    }
}

extension Layer.Linear: LayerBehaviour {
    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireSetting("units", units)
        try LayerProblem.require(
            input.rank == 1,
            "takes a vector of features, but the layer before it gives \(input): put `flatten` before it")
        return [units]
    }

    func parameters(for input: Shape) -> [Variable] {
        let initialisation = Initialisation.fanIn(input[0])
        let weight = Variable(name: "weight", shape: [units, input[0]], initialisation: initialisation)
        return bias ? [weight, Variable(name: "bias", shape: [units], initialisation: initialisation)] : [weight]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let y = matrixMultiply(x, scope["weight"]!, transposeRight: true)
        return scope["bias"].map { y + $0 } ?? y
    }

    /// y = [x, labels] · weightᵀ + bias of features x (B, I) and labels (R, K), where row r is of example r / (R/B).
    ///
    /// The two products are apart, so that the one with the features is made once for each example.
    func apply(to x: Tensor, labels: Tensor, in scope: LayerScope) -> Tensor {
        let (weight, features) = (scope["weight"]!, x.shape[1])
        func product(_ x: Tensor, _ columns: Range<Int>) -> Tensor {
            matrixMultiply(x, weight.slice(axis: 1, columns), transposeRight: true)
        }
        let ofLabels = product(labels, features..<features + labels.shape[1])
        let y = product(x, 0..<features).repeatedRows(labels.shape[0] / x.shape[0]) + ofLabels
        return scope["bias"].map { y + $0 } ?? y
    }
}

extension Layer.Linear.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .units:
            Setting(
                "Numbers in the result.", .wholeNumber(1...Limits.setting),
                otherNames: ["out_features", "hidden_dim", "size", "width"])
        case .bias:
            Setting("Whether each unit adds a trained number.", .boolean, default: "true", otherNames: ["use_bias"])
        }
    }
}
