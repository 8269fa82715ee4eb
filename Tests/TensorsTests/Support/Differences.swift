import SeededRandomness
import Tensors
import Testing

/// Checks the gradient of a function of parameters against central differences.
///
/// The function's result is made a scalar by weights, so that each of its elements counts differently. With h = 1e-4 the
/// differences are exact to about h² times the third derivative.
func expectGradientMatchesDifferences(
    _ name: String, _ shapes: [Shape], in range: ClosedRange<Double> = -2...2, seed: UInt64 = 1,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Tensor]) -> Tensor
) {
    var generator = SeededGenerator(seed: seed)
    let table = SliceTable(shapes.enumerated().map { ("p\($0)", $1) })
    let parameters = table.slices.map { Tensor.parameter($0.name, $0.shape) }
    let result = function(parameters)
    let scalar = (result * Tensor.input("weights", result.shape)).sum()
    let gradient = gradients(of: scalar, withRespectTo: parameters)
    let graph = Graph(
        parameters: table, inputs: SliceTable([("weights", result.shape)]),
        outputs: [("scalar", scalar)] + zip(table.slices, gradient).map { ("gradient/\($0.name)", $1) })
    let point = generator.values(table.count, in: range)
    let weights = generator.values(result.shape.count)
    let keys = NoiseKeys(seed: 7, passes: [0, 0, 1], examples: [3, 4, 3])
    func run(_ point: [Double]) -> [Double] {
        Interpreter.run(graph, parameters: point, inputs: weights, noise: keys)
    }
    let computed = run(point)
    for index in point.indices {
        let (above, below) = (moved(point, index, by: 1e-4), moved(point, index, by: -1e-4))
        let difference = (run(above)[0] - run(below)[0]) / 2e-4
        let error = abs(computed[1 + index] - difference)
        let comment: Comment = "\(name) \(shapes): element \(index): \(computed[1 + index]), differences \(difference)"
        #expect(error <= 1e-5 * max(1, abs(difference)), comment, sourceLocation: sourceLocation)
    }
}

private func moved(_ point: [Double], _ index: Int, by step: Double) -> [Double] {
    var point = point
    point[index] += step
    return point
}

/// Runs a computation without parameters.
func evaluate(_ tensor: Tensor, inputs: [(String, Shape, [Double])] = []) -> [Double] {
    let graph = Graph(inputs: SliceTable(inputs.map { ($0.0, $0.1) }), outputs: [("result", tensor)])
    return Interpreter.run(graph, inputs: inputs.flatMap(\.2))
}
