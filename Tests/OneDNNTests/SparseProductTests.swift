import Tensors
import Testing
import VAE

@testable import OneDNN

/// Products of matrices of which one has many zeros.
@Suite struct SparseProductTests {
    enum Side: CaseIterable { case first, second }

    struct Case: CustomStringConvertible, Sendable {
        /// Of the matrix with the zeros, and of the other one.
        var rows: Int
        var depth: Int
        var columns: Int
        var sparse: Side
        var transposesFirst: Bool
        var transposesSecond: Bool

        /// The shapes of both matrices as they lie.
        var shapes: [Shape] {
            let (top, right) = sparse == .first ? (rows, columns) : (columns, rows)
            return [
                transposesFirst ? [depth, top] : [top, depth], transposesSecond ? [right, depth] : [depth, right],
            ]
        }

        var index: Int { sparse == .first ? 0 : 1 }

        /// Whether the axis along which is summed comes first in the matrix with the zeros, or in the other one.
        func sumsDown(sparse isSparse: Bool) -> Bool {
            isSparse == (sparse == .first) ? transposesFirst : !transposesSecond
        }

        func product(_ matrices: [Tensor]) -> Tensor {
            matrixMultiply(
                matrices[0], matrices[1], transposeLeft: transposesFirst, transposeRight: transposesSecond)
        }

        var description: String {
            "\(rows) x \(depth) x \(columns), zeros \(sparse), \(transposesFirst), \(transposesSecond)"
        }
    }

    /// Rows, numbers and vectors that fill words, blocks and panels, and that do not.
    private static let cases = [(70, 150, 144), (33, 64, 16), (64, 39, 272), (130, 128, 128)].flatMap { size in
        Side.allCases.flatMap { side in
            [false, true].flatMap { first in
                [false, true].map { second in
                    Case(
                        rows: size.0, depth: size.1, columns: size.2, sparse: side, transposesFirst: first,
                        transposesSecond: second)
                }
            }
        }
    }

    private static let precisions = hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32]

    /// A product that is nothing but an output, and does not begin with a whole vector of the caller's memory.
    private func graph(_ test: Case, threshold: Float, _ precision: Precision) -> Graph {
        OneDNNTests.graph(of: test.shapes) { matrices in
            var matrices = matrices
            // Negative numbers are no zeros, and negative zeros are.
            let shown = relu(matrices[test.index] - threshold)
            matrices[test.index] = shown * (matrices[test.index] - threshold - 1)
            return [matrices[test.index].sum(), test.product(matrices)]
        }.rounded(to: precision)
    }

    @Test(arguments: cases, precisions)
    func resultsAgree(test: Case, precision: Precision) throws {
        for (seed, threshold) in [Float(-4), 0, 1, 2.5, 9].enumerated() {
            try expectAgreement(
                graph(test, threshold: threshold, precision), seed: UInt64(seed),
                tolerance: precision == .float32 ? 1e-5 : 2e-2)
        }
    }

    /// What a number is multiplied with shows whether it is: 0 · ∞ is not a number.
    @Test(arguments: cases, precisions)
    func nothingIsMultipliedByZero(test: Case, precision: Precision) throws {
        let graph = graph(test, threshold: 0, precision)
        var parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1)
        replace(&parameters, test, sparse: true) { k, value in k % 3 == 1 ? value : -1 }
        let before = try run(graph, parameters)
        replace(&parameters, test, sparse: false) { k, value in k % 3 == 1 ? value : .infinity }
        let isSame = try run(graph, parameters) == before
        #expect(isSame && before.contains { $0 != 0 })
    }

    /// Where too few numbers are zero, and where that is asked for, everything is multiplied.
    @Test(arguments: cases, precisions)
    func denseProductsMultiplyEverything(test: Case, precision: Precision) throws {
        let graph = graph(test, threshold: 0, precision)
        let few = precision == .float32 ? 5 : 2
        for isAsked in [false, true] {
            var parameters = values(graph.parameters.count, seed: 1, kind: 1, scale: 1).map { abs($0) + 0.1 }
            replace(&parameters, test, sparse: true) { k, value in k % few == 1 ? -1 : value }
            replace(&parameters, test, sparse: false) { k, value in k % few == 1 ? .infinity : value }
            if isAsked { replace(&parameters, test, sparse: true) { k, value in k % 5 == 0 ? value : -1 } }
            let results = try run(graph, parameters, leavesZerosOut: !isAsked)
            #expect(results.dropFirst().allSatisfy { $0.isNaN })
        }
    }

    /// Replaces the numbers of a matrix by their place along the axis along which is summed.
    private func replace(_ parameters: inout [Float], _ test: Case, sparse: Bool, _ number: (Int, Float) -> Float) {
        let index = sparse ? test.index : 1 - test.index
        let start = index == 0 ? 0 : test.shapes[0].count
        let shape = test.shapes[index]
        for row in 0..<shape[0] {
            for column in 0..<shape[1] {
                let place = start + row * shape[1] + column
                parameters[place] = number(test.sumsDown(sparse: sparse) ? row : column, parameters[place])
            }
        }
    }

    private func run(_ graph: Graph, _ parameters: [Float], leavesZerosOut: Bool = true) throws -> [Float] {
        let executable = try testedEngine().compile(graph)
        executable.leavesZerosOut = leavesZerosOut
        #expect(executable.counters.productsWithoutZeros == 1)
        var outputs = [Float](repeating: .nan, count: graph.outputs.count)
        executable.load(parameters: parameters, statistics: [])
        executable.run(inputs: [], noise: keys(rows: 0, seed: 1), into: &outputs)
        return outputs
    }

    /// Of two matrices with zeros the one with fewer numbers is gone through: what is infinite meets only zeros of that one.
    @Test(arguments: [false, true]) func theEmptierMatrixIsGoneThrough(firstIsEmptier: Bool) throws {
        let graph = OneDNNTests.graph(of: [[64, 48], [48, 64]]) { [matrixMultiply(relu($0[0]), relu($0[1]))] }
        var parameters = [Float](repeating: 1, count: graph.parameters.count)
        let (emptier, other) = firstIsEmptier ? (0, 64 * 48) : (64 * 48, 0)
        for place in 0..<64 * 48 {
            let k = firstIsEmptier ? place % 48 : place / 64
            if k % 3 != 0 { parameters[emptier + place] = -1 }
            let l = firstIsEmptier ? place / 64 : place % 48
            parameters[other + place] = [1, .infinity, -1][l % 3]
        }
        let results = try run(graph, parameters)
        #expect(results.allSatisfy { $0 == 16 })
    }

    /// A step of `mlp` is the same but for rounding where zeros are left out, with memory that its other parts share.
    @Test(arguments: precisions) func aStepIsTheSameWithoutZeros(precision: Precision) throws {
        let step = try PresetStep("mlp")
        let graph = try step.model.trainingGraph(microbatch: 64).rounded(to: precision)
        let executable = try testedEngine().compile(graph)
        // Forwards and for the gradients of weights four of five layers, and three of the hidden layers' gradients.
        #expect(executable.counters.productsWithoutZeros == 10)
        executable.load(parameters: step.model.initialParameters(seed: 1), statistics: step.model.initialStatistics())
        let inputs = values(graph.inputs.count, seed: 1, kind: 3, scale: 0.5).map(abs)
        let steps = [true, false].map { leavesZerosOut in
            executable.leavesZerosOut = leavesZerosOut
            var outputs = [Float](repeating: .nan, count: graph.outputs.count)
            executable.run(inputs: inputs, noise: keys(rows: 64, seed: 1), into: &outputs)
            return outputs
        }
        for slice in graph.outputs.slices {
            let norm = steps[1][slice.range].reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            let distance = slice.range.reduce(Float(0)) { sum, index in
                let difference = steps[0][index] - steps[1][index]
                return sum + difference * difference
            }.squareRoot()
            #expect(distance <= (precision == .float32 ? 1e-5 : 1e-2) * norm, "\(slice.name): \(distance / norm)")
        }
        // Sums of bfloat16 weights are exact.
        let differs = steps[0] != steps[1]
        #expect(differs || precision == .bfloat16)
    }

    /// Pixels and what a ReLU gives have zeros, and so has what is multiplied by them; their sums have none.
    @Test func valuesWithZerosAreKnown() {
        let x = Tensor.input("x", [32, 48])
        let hidden = relu(x + 1)
        let product = hidden * Tensor.parameter("p", [32, 48])
        let graph = Graph(
            parameters: SliceTable([("p", [32, 48])]), inputs: SliceTable([("x", [32, 48])]),
            outputs: [
                ("square", matrixMultiply(product, product, transposeRight: true)), ("sum", product + 1),
                ("turned", product.reshaped(to: [48, 32])),
                ("soft", leakyReLU(x, slope: 0.1)),
            ]
        ).rounded(to: .bfloat16)
        let found = SparseValues(graph)
        let sparse = graph.nodes.indices.filter(found.contains).map { graph.nodes[$0].operation }
        let expected: Set<Operation> = [
            .input("x"), .unary(.leakyReLU(slope: 0)), .binary(.multiply), .unary(.bfloat16), .reshape,
        ]
        #expect(Set(sparse) == expected)
    }
}
