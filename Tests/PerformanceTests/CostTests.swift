import OneDNN
import Performance
import Tensors
import Testing
import VAE

struct CostTests {
    @Test func aConvolutionAndItsGradientsCostTheSame() {
        let window = Operation.Convolution(stride: [2, 2], paddingBefore: [1, 1], paddingAfter: [1, 1])
        let weight = Tensor.parameter("weight", [64, 32, 3, 3])
        let y = convolution(.input("x", [2, 32, 16, 16]), weight, window)
        let dx = transposedConvolution(y, weight, window, outputSize: [16, 16])
        let graph = Graph(
            parameters: SliceTable([("weight", weight.shape)]), inputs: SliceTable([("x", [2, 32, 16, 16])]),
            outputs: [("dx", dx)])
        let operations = 2.0 * 2 * 64 * 8 * 8 * 32 * 9
        #expect(graph.linearFloatingPointOperations == 2 * operations)
    }

    @Test func aProfileAccountsForAllOfARun() throws {
        let graph = try trainingGraph("mlp")
        let engine = try OneDNNEngine()
        let profile = try #require(try Profile(graph, engine: engine, runs: 2))
        let linear = profile.parts.filter { $0.cost.kind == .linear }
        #expect(linear.reduce(0) { $0 + $1.cost.flops } == graph.linearFloatingPointOperations)
        #expect(profile.parts.allSatisfy { $0.cost.seconds > 0 && $0.count > 0 })
        #expect(profile.linearSeconds > 0)
        let text = profile.text(images: 4, peak: try MachinePeak(engine: engine))
        #expect(text.contains("matrix product of 4 x 784 and 784 x 400"))
        #expect(text.contains("all of kind linear") && text.contains("Measured peak"))
    }

    private func trainingGraph(_ name: String) throws -> Graph {
        let preset = try #require(Preset.named(name))
        return try VariationalAutoencoder(preset.model, preset.objective).trainingGraph(microbatch: 4)
    }
}

struct ThroughputTests {
    @Test func theMedianIsTheMiddleValue() {
        #expect(Throughput.median([3, 1, 2]) == 2)
        #expect(Throughput.median([4, 1, 2, 3]) == 2.5)
        #expect(Throughput.median([]) == 0)
    }

    @Test func threadsAddUpWindowByWindow() {
        let throughput = Throughput(rates: [[1, 2], [5, 6], [3, 5]])
        #expect(throughput.totals == [3, 11, 8])
        #expect(throughput.median == 8 && throughput.minimum == 3 && throughput.maximum == 11)
        #expect(throughput.perThread == [3, 5])
    }

    @Test func everyKindOfWorkIsMeasuredOnEveryThread() throws {
        let stopwatch = Stopwatch(threads: 2, windows: 3, seconds: 0.001)
        let results = try stopwatch.measure { [{ 1 }, { 2 }] }
        #expect(results.count == 2)
        #expect(results.allSatisfy { $0.rates.count == 3 && $0.rates.allSatisfy { $0.count == 2 } })
        #expect(results.allSatisfy { $0.minimum > 0 })
    }

    @Test func aThreadThatCannotPrepareFailsTheMeasurement() {
        struct Unprepared: Error {}
        let stopwatch = Stopwatch(threads: 2, windows: 1, seconds: 0.001)
        #expect(throws: Unprepared.self) { try stopwatch.measure { throw Unprepared() } }
    }
}
