import Contract
import Parallel
import Tensors
import VAE

/// The images of a split that a trained model is judged by, in batches that threads share.
///
/// What is found of an image depends on its number in the split and on the seed, and not on the other images of its batch.
public struct JudgedImages: Sendable {
    public let program: TrainingProgram
    private let state: ModelState
    private let weights: Weights
    private let engine: any Engine
    private let source: any ExampleSource
    private let split: Split
    public let threads: Int

    /// - Parameter weights: Which weights of the state work.
    public init(
        _ program: TrainingProgram, _ state: ModelState, _ weights: Weights = .average, engine: any Engine,
        source: any ExampleSource,
        split: Split = .valid, threads: Int = 1
    ) {
        self.program = program
        self.state = state
        self.weights = weights
        self.engine = engine
        self.source = source
        self.split = split
        self.threads = threads
    }

    /// The number of images.
    public var count: Int { source.count(split) }

    /// Some images that are computed together; the last ones of a split are filled up with its first.
    struct Batch {
        /// Their numbers in the split.
        let examples: [UInt32]
        /// How many of them count.
        let count: Int
        /// (B, C, H, W), from 0 to 1.
        let pixels: [Float]
    }

    /// A result for each image, in their order.
    ///
    /// - Parameters:
    ///   - size: How many images make a batch.
    ///   - bench: Makes what a thread computes with.
    ///   - progress: Is told how many images are done.
    ///   - results: One for each image of the batch that counts.
    func map<Bench, Value: Sendable>(
        inBatchesOf size: Int, bench: @Sendable () throws -> Bench, progress: @Sendable (Int) -> Void,
        _ results: @Sendable (Bench, Batch) throws -> [Value]
    ) throws -> [Value] {
        try Parallel.map(
            (count + size - 1) / size, threads: threads, bench: bench,
            whenDone: { progress(min(count, $0 * size)) }
        ) { bench, index in
            let batch = try batch(index, size: size)
            return Array(try results(bench, batch).prefix(batch.count))
        }.flatMap(\.self)
    }

    private func batch(_ index: Int, size: Int) throws -> Batch {
        let numbers = (index * size..<(index + 1) * size).map { $0 < count ? $0 : 0 }
        let bytes = try source.pixels(of: numbers, in: split)
        var pixels = [Float](repeating: 0, count: bytes.count)
        writeUnitInterval(bytes[...], to: &pixels, pixels.indices)
        return Batch(examples: numbers.map(UInt32.init), count: min(size, count - index * size), pixels: pixels)
    }

    /// A graph, ready for one thread to run on the state.
    func compiled(_ graph: Graph) throws -> CompiledGraph {
        let compiled = try CompiledGraph(graph, engine, of: program)
        compiled.load(state.memory(weights))
        return compiled
    }
}

/// A graph of a program, in its precision, with named inputs and outputs. One thread uses it at a time.
final class CompiledGraph {
    private let graph: Graph
    private let executable: any Executable
    private let seed: UInt64
    private var inputs: [Float]
    private var outputs: [Float]

    init(_ graph: Graph, _ engine: any Engine, of program: TrainingProgram) throws {
        let graph = graph.rounded(to: program.configuration.precision)
        self.graph = graph
        seed = program.configuration.seed
        executable = try engine.compile(graph)
        inputs = Array(repeating: 0, count: graph.inputs.count)
        outputs = Array(repeating: 0, count: graph.outputs.count)
    }

    /// Takes over the parameters and running statistics that it computes with.
    func load(_ memory: any ParameterMemory) {
        executable.load(memory)
    }

    subscript(input name: String) -> [Float] {
        get { Array(inputs[graph.inputs.required(name).range]) }
        set {
            let range = graph.inputs.required(name).range
            precondition(newValue.count == range.count, "\(newValue.count) numbers for \(name) of \(range.count)")
            inputs.replaceSubrange(range, with: newValue)
        }
    }

    subscript(output name: String) -> [Float] { Array(outputs[graph.outputs.required(name).range]) }

    /// Runs on the inputs that were set, with each row's noise of evaluation: its example's draw of the number given, or number 0.
    func run(examples: [UInt32], samples: [UInt16]? = nil) {
        let noise = NoiseKeys(
            seed: seed, passes: Array(repeating: EvaluationPlan.pass, count: examples.count), examples: examples,
            samples: samples)
        executable.run(inputs: inputs, noise: noise, into: &outputs)
    }
}
