import Tensors

/// The interpreter, under the name of an engine that computes other bits.
public struct RenamedInterpreter: Engine {
    public let numericClass = "another"

    public init() {}

    public func compile(_ graph: Graph) throws -> any Executable {
        Interpreter().compile(graph)
    }
}
