import Glibc
import Tensors
import Testing

/// What chooses between values.
@Suite struct SelectionTests {
    private func evaluate(_ values: [Double], _ shape: Shape, _ function: (Tensor) -> Tensor) -> [Double] {
        let x = Tensor.input("x", shape)
        let graph = Graph(inputs: SliceTable([("x", shape)]), outputs: [("result", function(x))])
        return Interpreter.run(graph, inputs: values)
    }

    private let rows: [Double] = [3, -1, 4, 1.5, 3, 0, 900, -5, 899, 2]

    @Test func theGreatestIsFoundExactly() {
        #expect(evaluate(rows, [2, 5]) { $0.maximum(axis: 1) } == [4, 900])
        #expect(evaluate([1, 2, 2, -3], [4]) { maximum($0, 1 - $0) } == [1, 2, 2, 4])
        #expect(evaluate([1, 0, -2], [3]) { abs($0) } == [1, 0, 2])
    }

    @Test(arguments: 1...9)
    func oneHotVectorsHaveOneOneAtTheGreatest(count: Int) {
        for greatest in 0..<count {
            let values = (0..<count).map { $0 == greatest ? 5.0 : Double(($0 * 7) % 4) }
            let expected = (0..<count).map { $0 == greatest ? 1.0 : 0 }
            #expect(evaluate(values, [1, count]) { $0.argmaxOneHot(axis: 1) } == expected)
        }
    }

    @Test func ofEqualOnesTheLastIsTaken() {
        #expect(evaluate([2, 2, 1, 2, 0], [1, 5]) { $0.argmaxOneHot(axis: 1) } == [0, 0, 0, 1, 0])
    }

    @Test func sumsOfExponentialsDoNotOverflow() {
        let expected = [rows[..<5], rows[5...]].map { row in
            let greatest = row.max()!
            return greatest + log(row.reduce(0) { $0 + exp($1 - greatest) })
        }
        for (value, reference) in zip(evaluate(rows, [2, 5]) { $0.logSumExp(axis: 1) }, expected) {
            #expect(Swift.abs(value - reference) < 1e-12)
        }
        let probabilities = evaluate(rows, [2, 5]) { $0.softmax(axis: 1) }
        #expect(Swift.abs(probabilities[..<5].reduce(0, +) - 1) < 1e-12)
        #expect(probabilities[1] < probabilities[0])
    }

    /// The gradient of ln Σ eˣ is the softmax; that of a maximum is one at the greatest.
    @Test func gradientsAreThoseOfWhatIsChosen() {
        let x = Tensor.input("x", [1, 5])
        func gradient(_ value: Tensor) -> [Double] {
            let graph = Graph(
                inputs: SliceTable([("x", [1, 5])]),
                outputs: [("gradient", gradients(of: value.sum(), withRespectTo: [x])[0])])
            return Interpreter.run(graph, inputs: Array(rows[..<5]))
        }
        let softmax = evaluate(Array(rows[..<5]), [1, 5]) { $0.softmax(axis: 1) }
        for (value, reference) in zip(gradient(x.logSumExp(axis: 1)), softmax) {
            #expect(Swift.abs(value - reference) < 1e-12)
        }
        #expect(gradient(x.maximum(axis: 1)) == [0, 0, 1, 0, 0])
        #expect(gradient(step(x)) == [0, 0, 0, 0, 0])
    }

    @Test(arguments: [1, 2, 3, 7, 256])
    func indicesCountFromZero(count: Int) {
        let graph = Graph(outputs: [("result", Tensor.indices(count))])
        #expect(Interpreter.run(graph, inputs: []) == (0..<count).map(Double.init))
    }
}
