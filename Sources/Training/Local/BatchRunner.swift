import Contract
import Tensors

/// Runs a graph on any number of rows, a fixed number at a time, the last ones filled up with zeros.
final class BatchRunner {
    private let executable: any Executable
    private let graph: Graph
    private let batch: Int

    /// - Parameter graph: Its one input and every output have `batch` rows.
    init(_ graph: Graph, batch: Int, engine: any Engine) throws {
        self.graph = graph
        self.batch = batch
        executable = try engine.compile(graph)
    }

    func load(_ memory: any ParameterMemory) {
        executable.load(memory)
    }

    /// The rows of each output, in the graph's order.
    ///
    /// - Parameters:
    ///   - rows: The input's rows, one after another.
    ///   - seed: Of noise, which is that of an evaluation of the first examples of a split.
    func run(_ rows: [Float], seed: UInt64) -> [[Float]] {
        let width = graph.inputs.count / batch
        precondition(rows.count % width == 0, "\(rows.count) values do not make rows of \(width)")
        var results = graph.outputs.slices.map { _ in [Float]() }
        var outputs = [Float](repeating: 0, count: graph.outputs.count)
        for start in stride(from: 0, to: rows.count, by: graph.inputs.count) {
            let part = rows[start..<min(start + graph.inputs.count, rows.count)]
            let padding = Array(repeating: Float(0), count: graph.inputs.count - part.count)
            let noise = keys(seed: seed, first: start / width)
            executable.run(inputs: part + padding, noise: noise, into: &outputs)
            for (index, slice) in graph.outputs.slices.enumerated() {
                results[index] += outputs[slice.range].prefix(part.count / width * (slice.shape.count / batch))
            }
        }
        return results
    }

    private func keys(seed: UInt64, first: Int) -> NoiseKeys {
        NoiseKeys(
            seed: seed, passes: Array(repeating: EvaluationPlan.pass, count: batch),
            examples: (first..<first + batch).map { UInt32(truncatingIfNeeded: $0) })
    }
}
