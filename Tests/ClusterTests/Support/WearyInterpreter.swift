import Tensors

/// The interpreter on a machine that fails after a while: it passes the probe, and computes wrong gradients from the sixth on.
struct WearyInterpreter: Engine {
    var numericClass: String { Interpreter().numericClass }

    func compile(_ graph: Graph) throws -> any Executable {
        Weary(Interpreter().compile(graph))
    }

    private final class Weary: Executable {
        private let sound: any Executable
        private var runs = 0

        init(_ sound: any Executable) {
            self.sound = sound
        }

        var counters: ExecutionCounters { sound.counters }

        func load(_ memory: any ParameterMemory) {
            sound.load(memory)
        }

        func run(
            inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
            whenReady: (Range<Int>, Span<Float>) -> Void
        ) {
            sound.run(inputs: inputs, noise: noise, into: &outputs) { _, _ in }
            runs += 1
            if runs > 5 { outputs[0] += 1 }
            whenReady(outputs.indices, outputs.span)
        }
    }
}
