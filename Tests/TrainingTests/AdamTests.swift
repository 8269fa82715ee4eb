import Optimizer
import Synchronization
import Testing
import TrainingTestSupport

@testable import Training

/// Reference values: scripts/reference/adam.py, PyTorch 2.13.
@Suite struct AdamTests {
    static func gradient(_ step: Int) -> [Float] {
        let scale = 1 - 0.3 * Float(step)
        return zip([1, -0.5, 1e-4, 30], [0, 0.1, 0, -2] as [Float]).map { $0 * scale + $1 }
    }

    @Test func fiveStepsEqualPyTorch() {
        var parameters: [Float] = [0.5, -0.25, 1, 2]
        var first: [Float] = [0, 0, 0, 0]
        var second = first
        let expected: [[Float]] = [
            [0.49000001, -0.239999995, 0.990001023, 1.99000001], [0.480242819, -0.230373383, 0.980244935, 1.98027658],
            [0.47108531, -0.221768111, 0.971088648, 1.97125709], [0.463155091, -0.215357065, 0.96315968, 1.96370697],
            [0.457370043, -0.212432787, 0.957375586, 1.9586916],
        ]
        for step in 0..<5 {
            update(step + 1, rate: 1e-2, factor: 1, Self.gradient(step), &parameters, &first, &second)
            #expect(
                zip(parameters, expected[step]).allSatisfy { abs($0 - $1) < 5e-7 }, "update \(step + 1): \(parameters)")
        }
    }

    /// Whatever the thread's own mode is, tiny products are zero: coordinators and workers agree.
    @Test func subnormalMomentsAreZero() throws {
        let program = try TrainingProgram.tiny()
        var state = program.initialState()
        var sum = [Float](repeating: 0, count: program.layout.partialCount)
        for index in program.layout.gradient { sum[index] = 12 * 0x1p-125 }
        _ = try program.rule.apply(&sum, to: &state)
        #expect(state.optimizer.groups.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
    }

    private func update(
        _ number: Int, rate: Double, factor: Float, _ gradient: [Float], _ parameters: inout [Float],
        _ first: inout [Float], _ second: inout [Float]
    ) {
        var parameters = parameters.mutableSpan
        var first = first.mutableSpan
        var second = second.mutableSpan
        updateAdam(
            Adam().coefficients(update: number, learningRate: rate), factor: factor, gradient: gradient.span,
            parameters: &parameters, firstMoment: &first, secondMoment: &second)
    }

    @Test func theGradientIsMultipliedFirst() {
        var parameters: [Float] = [1]
        var first: [Float] = [0]
        var second = first
        update(1, rate: 0.1, factor: 0.5, [8], &parameters, &first, &second)
        #expect(parameters[0] < 1)
        #expect(first[0] == Float(1 - 0.9) * 4 && second[0] == Float(1 - 0.999) * 16)
    }

    /// A model of several pieces, moved whole, in ranges that end anywhere, and handed out as it is moved.
    @Test func anyPiecesOfAStepMakeTheSameStep() throws {
        let configuration = try #require(RunConfiguration.preset("mlp"))
        let program = try TrainingProgram(configuration, trainingExamples: 10_000, validationExamples: 0)
        var whole = program.initialState()
        var sum = (0..<program.layout.partialCount).map { Float($0 % 1_009) - 504 }
        let update = try program.rule.prepare(&sum, for: whole)
        var pieces = whole
        let seen = Mutex<[Float]>([Float](repeating: .nan, count: whole.parameters.count))
        program.rule.apply(update, sum, to: &whole, 0..<whole.parameters.count) { range, values in
            seen.withLock { seen in for index in 0..<values.count { seen[range.lowerBound + index] = values[index] } }
        }
        var start = 0
        for end in [1, 70_000, 70_001, 400_000, whole.parameters.count] {
            program.rule.apply(update, sum, to: &pieces, start..<end)
            start = end
        }
        #expect(whole.digest == pieces.digest && whole.digest != program.initialState().digest)
        #expect(seen.withLock { $0 } == whole.parameters)
    }

    @Test func normsAreThoseOfTheScaledElements() {
        for count in [0, 1, 7, 8, 9, 4096, 4097, 10_000, 200_000] {
            var values = (0..<count + 2).map { Float($0 % 97) - 48 }
            let original = values
            let squares = scaleAndSumSquares(&values, [1..<count + 1], by: 0.25)[0]
            #expect(values[0] == original[0] && values[count + 1] == original[count + 1])
            #expect(Array(values[1..<count + 1]) == original[1..<count + 1].map { $0 * 0.25 })
            #expect(squares == original[1..<count + 1].reduce(0) { $0 + Double($1 * $1) / 16 })
        }
    }

    /// Blocks begin where ranges do, so what lies before a range does not change its sum.
    @Test func aNormDependsOnItsRangeAlone() {
        let values = (0..<300_000).map { Float(1 + $0 % 13) / 3 }
        var all = values
        let ranges = [0..<5, 5..<70_003, 70_003..<70_003, 80_000..<300_000]
        let squares = scaleAndSumSquares(&all, ranges, by: 0.5)
        for (range, square) in zip(ranges, squares) {
            var alone = Array(values[range])
            #expect(scaleAndSumSquares(&alone, [0..<range.count], by: 0.5) == [square])
            #expect(alone == Array(all[range]))
        }
    }

    @Test func clippingFactorEqualsPyTorch() {
        let group = ClippingGroup(parameters: ["a"], maximumNorm: 5)
        #expect(abs(group.factor(norm: 13) * 3 - 1.153846025466919) < 1e-7)
        #expect(group.factor(norm: 4.9) == 1)
    }
}
