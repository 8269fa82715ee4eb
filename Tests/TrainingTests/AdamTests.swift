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
            updateAdam(
                Adam().coefficients(update: step + 1, learningRate: 1e-2), 0..<4, factor: 1,
                gradient: Self.gradient(step),
                parameters: &parameters, firstMoment: &first, secondMoment: &second)
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
        #expect(state.firstMoment.allSatisfy { $0 == 0 } && state.secondMoment.allSatisfy { $0 == 0 })
    }

    @Test func onlyTheRangeChanges() {
        var parameters: [Float] = [1, 1, 1, 1]
        var first: [Float] = [0, 0, 0, 0]
        var second = first
        updateAdam(
            Adam().coefficients(update: 1, learningRate: 0.1), 1..<3, factor: 0.5, gradient: [8, 8, 8, 8, 99],
            parameters: &parameters, firstMoment: &first, secondMoment: &second)
        #expect(parameters[0] == 1 && parameters[3] == 1 && parameters[1] < 1 && parameters[1] == parameters[2])
        #expect(first[1] == Float(1 - 0.9) * 4 && second[2] == Float(1 - 0.999) * 16)
    }

    @Test func normsAreThoseOfTheScaledElements() {
        for count in [0, 1, 7, 8, 9, 4096, 4097, 10_000] {
            var values = (0..<count + 2).map { Float($0 % 97) - 48 }
            let original = values
            let squares = scaleAndSumSquares(&values, 1..<count + 1, by: 0.25)
            #expect(values[0] == original[0] && values[count + 1] == original[count + 1])
            #expect(Array(values[1..<count + 1]) == original[1..<count + 1].map { $0 * 0.25 })
            #expect(squares == original[1..<count + 1].reduce(0) { $0 + Double($1 * $1) / 16 })
        }
    }

    @Test func clippingFactorEqualsPyTorch() {
        let group = ClippingGroup(parameters: ["a"], maximumNorm: 5)
        #expect(abs(group.factor(norm: 13) * 3 - 1.153846025466919) < 1e-7)
        #expect(group.factor(norm: 4.9) == 1)
    }
}
