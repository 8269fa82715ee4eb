import Tensors

/// The interpreter, under the name of an engine that computes other bits.
struct RenamedInterpreter: Engine {
    let numericClass = "another"

    func compile(_ graph: Graph) throws -> any Executable {
        Interpreter().compile(graph)
    }
}
