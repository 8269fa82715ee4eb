import Tensors
import Testing

/// What building a graph removes, and that values survive it.
@Suite struct GraphTests {
    private func graph(_ outputs: [Tensor]) -> Graph {
        let inputs = SliceTable([("x", [2, 3]), ("y", [3]), ("s", [])])
        return Graph(inputs: inputs, outputs: outputs.enumerated().map { ("output \($0)", $1) })
    }

    private func count(_ graph: Graph, _ matches: (Operation) -> Bool) -> Int {
        graph.nodes.count { matches($0.operation) }
    }

    private let x = Tensor.input("x", [2, 3])
    private let y = Tensor.input("y", [3])

    private func isSum(_ operation: Operation) -> Bool { if case .sum = operation { true } else { false } }

    @Test func equalExpressionsAreComputedOnce() {
        let built = graph([exp(x) * y, exp(Tensor.input("x", [2, 3])) * y])
        #expect(built.nodes.count == 6)  // x, exp, y, y as a row, its broadcast, product
        #expect(built.outputNodes[0] == built.outputNodes[1])
    }

    @Test func unlikeSourcesStayApart() {
        let built = graph([.normal([2], key: 0), .normal([2], key: 1), .constant(0, [2]), .constant(1, [2])])
        #expect(built.nodes.count == 4)
        #expect(built.noiseRows == 2)
    }

    @Test func operandsComeBeforeTheirUsers() {
        let built = graph(gradients(of: (tanh(x * y) / 3).sum(), withRespectTo: [x, y]))
        for (index, node) in built.nodes.enumerated() { #expect(node.inputs.allSatisfy { $0 < index }) }
    }

    @Test func zerosAndOnesVanish() {
        for tensor in [x + 0, 0 + x, x - 0, x * 1, 1 * x, x + Tensor.constant(0, [3])] {
            #expect(tensor.isIdentical(to: x))
        }
        #expect(graph([x * 0, 0 * x]).nodes.map(\.operation) == [.constant(0)])
        let row = y + Tensor.constant(0, [2, 3])
        #expect(row.shape == [2, 3])
        #expect(graph([(2 - Tensor.constant(0.5, [2])) * 4]).nodes.map(\.operation) == [.constant(6)])
    }

    @Test func repeatedWorkIsDoneBeforeTheStretching() {
        let built = graph([(exp(2 * y.broadcast(to: [2, 3])) + 1) * x])
        let large = built.nodes.filter { $0.shape == [2, 3] }.map(\.operation)
        #expect(large == [.input("x"), .broadcast, .binary(.multiply)])
    }

    /// Σ a·b = b·Σ a where b repeats, Σ −a = −Σ a, Σ constant = count · constant.
    @Test func repeatedFactorsLeaveSums() {
        let values = graph([(x * y).sum(axes: [0]), x.sum(axes: [0]) * y, (-(x * y)).sum(axes: [0])])
        #expect(count(values, isSum) == 1)
        let input: [Double] = [1, 2, 3, 4, 5, 6, 10, 100, 1000, 0]
        #expect(Interpreter.run(values, inputs: input) == [50, 700, 9000, 50, 700, 9000, -50, -700, -9000])
        #expect(evaluate(Tensor.constant(2, [4, 5]).sum(axes: [1])) == [10, 10, 10, 10])
        #expect(count(graph([y.broadcast(to: [2, 3]).sum(axes: [0])]), isSum) == 0)
    }

    @Test func onlyReachableNodesStay() {
        _ = exp(x)
        #expect(graph([y]).nodes.count == 1)
    }

    @Test func outputsAreLaidOutInOrder() {
        let built = graph([y, .constant(7, []), y])
        #expect(built.outputs.slices.map(\.offset) == [0, 3, 4])
        #expect(Interpreter.run(built, inputs: [0, 0, 0, 0, 0, 0, 1, 2, 3, 0]) == [1, 2, 3, 7, 1, 2, 3])
    }
}
