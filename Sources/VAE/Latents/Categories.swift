import Randomness
import Settings
import Tensors

extension Latents {
    /// Variables that take one of some classes, equally likely before x is seen; each is a one-hot vector.
    public struct Categories: LatentFamily, Hashable, Codable {
        public var variables: Int
        public var classes: Int

        public init(variables: Int, classes: Int) {
            self.variables = variables
            self.classes = classes
        }

        var count: Int { variables * classes }
        var areReparameterised: Bool { false }

        func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
            Categorical(logits: scope.head("logits", .linear(units: count), features), classes: classes)
        }

        func priorSample(rows: Int, in scope: inout Scope) -> Tensor? {
            Categorical(logits: .constant(0, [rows, count]), classes: classes).sample(in: &scope)
        }

        func draw(_ stream: RandomStream) -> [Float] {
            (0..<variables).flatMap { variable -> [Float] in
                let chosen = Int(stream.uniform(variable) * Double(classes))
                return (0..<classes).map { $0 == chosen ? 1 : 0 }
            }
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case variables, classes }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            variables = try container.decode(Int.self, forKey: .variables)
            classes = try container.decode(Int.self, forKey: .classes)
        }
    }
}

extension Latents.Categories.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .variables: Setting("How many variables there are.", .wholeNumber(1...Limits.setting))
        case .classes: Setting("How many classes each has.", .wholeNumber(2...Limits.setting))
        }
    }
}
