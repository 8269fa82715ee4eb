import Tensors
import Testing
import TrainingTestSupport

@testable import Training

/// What the probe of a contract looks at.
@Suite struct ProbeTests {
    /// An interpreter that says to have products which leave zeros out, and is wrong in one of both ways.
    private struct TwoWays: Engine {
        let wrongWay: Bool?
        let numericClass = "two ways"

        func compile(_ graph: Graph) throws -> any Executable {
            Compiled(Interpreter().compile(graph), wrongWay: wrongWay)
        }
    }

    private final class Compiled: Executable {
        private let sound: any Executable
        private let wrongWay: Bool?
        var leavesZerosOut = true

        init(_ sound: any Executable, wrongWay: Bool?) {
            self.sound = sound
            self.wrongWay = wrongWay
        }

        var counters: ExecutionCounters {
            var counters = sound.counters
            counters.productsWithoutZeros = 1
            return counters
        }

        func load(_ memory: any ParameterMemory) { sound.load(memory) }

        func run(
            inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
            whenReady: (Range<Int>, Span<Float>) -> Void
        ) {
            sound.run(inputs: inputs, noise: noise, into: &outputs) { _, _ in }
            if leavesZerosOut == wrongWay { outputs[0] += 1 }
            whenReady(outputs.indices, outputs.span)
        }
    }

    /// A training may come to compute either way: an engine that is another one in either has another probe.
    @Test func productsAreProbedWithAndWithoutZeros() throws {
        let program = try TrainingProgram.tiny()
        let probes = try [nil, true, false].map { try program.probe(engine: TwoWays(wrongWay: $0)) }
        #expect(probes[0] != probes[1] && probes[1] != probes[2] && probes[0] != probes[2])
    }

    /// Trainings leave zeros out after the probe.
    @Test func theProbeLeavesTheGraphAsItIsUsed() throws {
        let program = try TrainingProgram.tiny()
        let computer = try program.leafComputer(engine: TwoWays(wrongWay: nil))
        _ = program.probe(on: computer)
        #expect(computer.leavesZerosOut)
    }
}
