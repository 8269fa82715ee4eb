import Foundation
import Randomness
import Tensors
import Testing

/// What `scripts/reference/operators.py` recorded.
struct OperatorReference: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        /// Whether the operands are exponentials of normal numbers and not the numbers themselves.
        let positive: Bool
        let operands: [[Int]]
        let shape: [Int]
        let result: [Double]
        let gradients: [[Double]]

        var testDescription: String { name }
    }

    static let seed: UInt64 = 11
    let cases: [Case]

    static func load() throws -> OperatorReference {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let data = try Data(contentsOf: root.appending(path: "scripts/reference/operators.json"))
        return try JSONDecoder().decode(OperatorReference.self, from: data)
    }
}

extension OperatorReference.Case {
    /// The result of `function` of the case's operands, then the gradients of Σ result · w for each operand.
    func evaluate(_ function: ([Tensor]) -> Tensor) -> [[Double]] {
        let table = SliceTable(operands.enumerated().map { ("operand \($0)", Shape($1)) })
        let tensors = table.slices.map { Tensor.parameter($0.name, $0.shape) }
        let result = function(tensors)
        let weighted = (result * Tensor.input("w", Shape(shape))).sum()
        let gradient = Tensors.gradients(of: weighted, withRespectTo: tensors)
        let outputs =
            [("result", result)]
            + zip(table.slices, gradient).map { ($0.name, $1) }
        let graph = Graph(parameters: table, inputs: SliceTable([("w", Shape(shape))]), outputs: outputs)
        let values = Interpreter.run(graph, parameters: point, inputs: normal(operands.count, Shape(shape).count))
        return graph.outputs.slices.map { Array(values[$0.range]) }
    }

    private var point: [Double] {
        operands.enumerated().flatMap { index, shape in
            normal(index, Shape(shape).count).map { positive ? exp($0) : $0 }
        }
    }

    /// The keyed normal numbers of an example.
    private func normal(_ example: Int, _ count: Int) -> [Double] {
        let stream = RandomStream(
            seed: OperatorReference.seed, operator: RandomStream.synthesis, example: UInt32(example))
        return (0..<count).map(stream.normal)
    }
}
