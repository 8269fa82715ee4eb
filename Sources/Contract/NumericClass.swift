/// What fixes the bits of arithmetic besides the program: a run's numbers come from one class only.
///
/// The class is what a machine says of itself; the contract's probe is the proof.
public struct NumericClass: Hashable, Sendable, Codable {
    /// The type of parameters, gradients and sums: `float32`.
    public var elementType: String
    /// The engine with its version and instruction set, as the engine gives it.
    public var engine: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case elementType = "element_type"
        case engine
    }

    public init(elementType: String = "float32", engine: String) {
        self.elementType = elementType
        self.engine = engine
    }
}
