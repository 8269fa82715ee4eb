import Tensors

/// An engine that computes nothing: simulated workers have an arithmetic of their own, and only its name is in the contract.
struct SilentEngine: Engine {
    let numericClass = "simulated"

    func compile(_ graph: Graph) throws -> any Executable { Silence() }

    private final class Silence: Executable {
        let counters = ExecutionCounters()

        func load(_ memory: any ParameterMemory) {}

        func run(
            inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
            whenReady: (Range<Int>, Span<Float>) -> Void
        ) {
            for index in outputs.indices { outputs[index] = 0 }
            whenReady(outputs.indices, outputs.span)
        }
    }
}
