import Randomness

/// The values that a run of the interpreter starts from.
struct InterpreterSources {
    private let graph: Graph
    private let parameters: [Double]
    private let statistics: [Double]
    private let inputs: [Double]
    private let noise: NoiseKeys

    init(_ graph: Graph, _ parameters: [Double], _ statistics: [Double], _ inputs: [Double], _ noise: NoiseKeys) {
        Self.check(parameters, graph.parameters, "parameters")
        Self.check(statistics, graph.statistics, "statistics")
        Self.check(inputs, graph.inputs, "inputs")
        self.graph = graph
        self.parameters = parameters
        self.statistics = statistics
        self.inputs = inputs
        self.noise = noise
    }

    private static func check(_ values: [Double], _ table: SliceTable, _ kind: String) {
        precondition(values.count == table.count, "\(values.count) values for \(kind) of \(table.count) elements")
    }

    /// The value of a source, or nil if the node computes something.
    func value(of node: Graph.Node) -> [Double]? {
        switch node.operation {
        case .input(let name): Array(inputs[graph.inputs[name]!.range])
        case .parameter(let name): Array(parameters[graph.parameters[name]!.range])
        case .statistic(let name): Array(statistics[graph.statistics[name]!.range])
        case .constant(let value): Array(repeating: Double(value), count: node.shape.count)
        case .noise(let source): draw(source, node.shape)
        default: nil
        }
    }

    /// Row b holds elements 0, 1, … of the stream of the b-th example.
    private func draw(_ source: Operation.Noise, _ shape: Shape) -> [Double] {
        precondition(noise.examples.count == shape[0], "noise \(shape) with keys for \(noise.examples.count) examples")
        return (0..<shape[0]).flatMap { row in
            let stream = noise.stream(row: row, of: source)
            return (0..<shape.count / shape[0]).map { draw(source.distribution, stream, $0) }
        }
    }

    private func draw(_ distribution: Operation.Noise.Distribution, _ stream: RandomStream, _ element: Int) -> Double {
        switch distribution {
        case .normal: stream.normal(element)
        case .uniform: stream.uniform(element)
        case .bernoulli(let probability): stream.uniform(element) < Double(probability) ? 1 : 0
        }
    }
}
