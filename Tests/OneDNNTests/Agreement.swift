import Foundation
import Randomness
import Tensors
import Testing

@testable import OneDNN

/// The engine of these tests: the best for float32, or in the class that a variable names. A process has one class, so
/// `scripts/test` runs these tests once in each.
func testedEngine() throws -> OneDNNEngine {
    let name = ProcessInfo.processInfo.environment["TRIBUTARY_TEST_INSTRUCTIONS"]
    let set = name.flatMap(InstructionSet.init(rawValue:))
    try #require(name == nil || set != nil, "there is no instruction set \(name ?? "")")
    return try OneDNNEngine(instructionSet: set)
}

/// Whether this process computes with products of bfloat16 numbers.
let hasBFloat16 = (try? testedEngine().instructionSet) == .avx512bfloat16

/// Runs a graph on the engine and on the interpreter with the same keyed random values and compares every output.
///
/// Chunks of a few bytes put every example into a sweep of its own.
/// The largest difference may be `tolerance` times the largest magnitude of the output (at least 1).
@discardableResult
func expectAgreement(
    _ graph: Graph, seed: UInt64 = 1, tolerance: Double = 1e-5, scale: Double = 1,
    bytesOfChunk: Int = Schedule.bytesOfChunk,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> ExecutionCounters {
    let parameters = values(graph.parameters.count, seed: seed, kind: 1, scale: scale)
    let statistics = values(graph.statistics.count, seed: seed, kind: 2, scale: scale).map { abs($0) + 0.1 }
    let inputs = values(graph.inputs.count, seed: seed, kind: 3, scale: scale)
    let noise = keys(rows: graph.noiseRows ?? 0, seed: seed)
    let expected = Interpreter.run(
        graph, parameters: parameters.map(Double.init), statistics: statistics.map(Double.init),
        inputs: inputs.map(Double.init), noise: noise)
    let engine = try testedEngine()
    let executable = try engine.compile(graph, own: engine.instructionSet, bytesOfChunk: bytesOfChunk)
    var outputs = [Float](repeating: .nan, count: graph.outputs.count)
    for _ in 0..<2 {
        executable.load(parameters: parameters, statistics: statistics)
        executable.run(inputs: inputs, noise: noise, into: &outputs)
    }
    for slice in graph.outputs.slices {
        let largest = expected[slice.range].map(abs).max() ?? 0
        let difference = slice.range.map { abs(expected[$0] - Double(outputs[$0])) }.max() ?? 0
        let isNumber = outputs[slice.range].allSatisfy { !$0.isNaN }
        #expect(
            isNumber && difference <= tolerance * max(1, largest),
            "seed \(seed), \(slice.name) \(slice.shape): off by \(difference) where the largest is \(largest)",
            sourceLocation: sourceLocation)
    }
    return executable.counters
}

func keys(rows: Int, seed: UInt64) -> NoiseKeys {
    let rows = 0..<UInt32(rows)
    return NoiseKeys(seed: seed, passes: rows.map { $0 % 3 }, examples: rows.map { $0 * 7 })
}

func values(_ count: Int, seed: UInt64, kind: UInt16, scale: Double) -> [Float] {
    let stream = RandomStream(seed: seed, operator: kind)
    return (0..<count).map { Float(scale * stream.normal($0)) }
}

/// Small whole numbers from a keyed stream, for shapes.
struct Dice {
    private let stream: RandomStream
    private var next = 0

    init(_ seed: UInt64) { stream = RandomStream(seed: seed, operator: 99) }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        next += 1
        return range.lowerBound + Int(stream.bits(next)) % range.count
    }

    mutating func shape(rank: Int, upTo most: Int) -> Shape { Shape((0..<rank).map { _ in roll(1...most) }) }
}

/// A graph of one function of parameters with the given shapes.
func graph(of shapes: [Shape], _ function: ([Tensor]) -> [Tensor]) -> Graph {
    let table = SliceTable(shapes.enumerated().map { ("p\($0.offset)", $0.element) })
    let parameters = shapes.enumerated().map { Tensor.parameter("p\($0.offset)", $0.element) }
    return Graph(
        parameters: table, outputs: function(parameters).enumerated().map { ("y\($0.offset)", $0.element) })
}

/// The same, with the gradients of a weighted sum of the first result.
func differentiated(of shapes: [Shape], _ function: @escaping ([Tensor]) -> Tensor) -> Graph {
    graph(of: shapes) { parameters in
        let result = function(parameters)
        let loss = (result * tanh(result)).sum()
        return [result] + gradients(of: loss, withRespectTo: parameters)
    }
}
