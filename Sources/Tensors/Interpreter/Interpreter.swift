import Randomness

/// The definition of every operation: plain loops over Float64, one function for each, with no thought of speed.
///
/// Engines are right when they agree with it. It is an engine itself, so that small networks run where no other is at hand.
public struct Interpreter: Engine {
    public init() {}

    public var numericClass: String { "interpreter, float64" }

    public func compile(_ graph: Graph) -> any Executable { InterpretedGraph(graph) }

    /// The values of all outputs, laid out by `graph.outputs`.
    ///
    /// Each buffer is laid out by the graph's table of the same name, and `noise` has keys for `graph.noiseRows` examples.
    public static func run(
        _ graph: Graph, parameters: [Double] = [], statistics: [Double] = [], inputs: [Double] = [],
        noise: NoiseKeys = NoiseKeys(seed: 0)
    ) -> [Double] {
        let sources = InterpreterSources(graph, parameters, statistics, inputs, noise)
        var values: [[Double]] = []
        for node in graph.nodes {
            let operands = node.inputs.map { Operand(values[$0], graph.nodes[$0].shape) }
            values.append(sources.value(of: node) ?? evaluate(node.operation, operands, into: node.shape))
        }
        return graph.outputNodes.flatMap { values[$0] }
    }

    /// A value and its shape.
    struct Operand {
        let values: [Double]
        let shape: Shape
        var grid: Grid { Grid(shape) }

        init(_ values: [Double], _ shape: Shape) {
            self.values = values
            self.shape = shape
        }
    }

    private static func evaluate(_ operation: Operation, _ operands: [Operand], into shape: Shape) -> [Double] {
        switch operation {
        case .unary(let function): operands[0].values.map { unary(function, $0) }
        case .binary(let function):
            zip(operands[0].values, operands[1].values).map { binary(function, $0, $1) }
        case .broadcast: broadcast(operands[0], to: shape)
        case .reshape, .stopGradient: operands[0].values
        case .slice(let start): slice(operands[0], from: start, shape)
        case .pad(let start): pad(operands, at: [start], shape)
        case .concatenate(let axis): concatenate(operands, along: axis, shape)
        case .sum: sum(operands[0], to: shape)
        case .matrixMultiply(let left, let right): matrixMultiply(operands[0], left, operands[1], right, shape)
        case .convolution(let window): convolution(window, operands[0], operands[1], shape)
        case .convolutionInputGradient(let window): inputGradient(window, operands[0], operands[1], shape)
        case .convolutionWeightGradient(let window): weightGradient(window, operands[0], operands[1], shape)
        case .input, .parameter, .statistic, .constant, .noise:
            preconditionFailure("\(operation) is a source and computes nothing")
        }
    }
}

/// A graph with the interpreter's means of running it.
private final class InterpretedGraph: Executable {
    private let graph: Graph
    private var parameters: [Double] = []
    private var statistics: [Double] = []
    let counters = ExecutionCounters()

    init(_ graph: Graph) { self.graph = graph }

    func load(_ memory: any ParameterMemory) {
        memory.lend { parameters, statistics in
            self.parameters = parameters.indices.map { Double(parameters[$0]) }
            self.statistics = statistics.indices.map { Double(statistics[$0]) }
        }
    }

    func run(
        inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
        whenReady: (Range<Int>, Span<Float>) -> Void
    ) {
        let results = Interpreter.run(
            graph, parameters: parameters, statistics: statistics, inputs: inputs.map(Double.init), noise: noise)
        precondition(outputs.count == results.count, "\(outputs.count) places for \(results.count) output elements")
        for index in outputs.indices { outputs[index] = Float(results[index]) }
        whenReady(outputs.indices, outputs.span)
    }
}
