import Testing

@testable import Optimizer

/// The vectorised loops, of every kind that this machine has, give the bits of the formulas, written out here, wherever vectors
/// begin and end.
@Suite struct OptimizerTests {
    private static let counts = [0, 1, 3, 8, 15, 16, 17, 31, 64, 1_001]
    private static let loops = Loops.allCases.filter { $0.rawValue <= Loops.best.rawValue }

    private static let coefficients = AdamCoefficients(
        beta1: 0.9, beta2: 0.999, oneMinusBeta1: Float(1 - 0.9), oneMinusBeta2: Float(1 - 0.999), epsilon: 1e-8,
        rate: 0.0123, correction: 3.21)

    /// Numbers of many magnitudes.
    private static func numbers(_ count: Int, _ seed: Int) -> [Float] {
        (0..<count).map { index in
            let mixed = UInt32(truncatingIfNeeded: (index + 1) * (2_654_435_761 + 977 * seed))
            return (Float(mixed % 20_011) / 10_007 - 1)
                * Float(sign: .plus, exponent: Int(mixed % 23) - 12, significand: 1)
        }
    }

    @Test(arguments: counts, loops)
    func adamHasTheBitsOfItsFormula(count: Int, loops: Loops) {
        let (gradient, c, factor) = (Self.numbers(count, 1), Self.coefficients, Float(0.37))
        var (parameters, first) = (Self.numbers(count, 2), Self.numbers(count, 3))
        var second = Self.numbers(count, 4).map { $0 * $0 }
        var (expected, m, v) = (parameters, first, second)
        for i in 0..<count {
            let g = gradient[i] * factor
            m[i] = c.beta1 * m[i] + c.oneMinusBeta1 * g
            v[i] = c.beta2 * v[i] + c.oneMinusBeta2 * (g * g)
            expected[i] -= c.rate * (m[i] / (v[i].squareRoot() * c.correction + c.epsilon))
        }
        var parameterSpan = parameters.mutableSpan
        var firstSpan = first.mutableSpan
        var secondSpan = second.mutableSpan
        updateAdam(
            loops, c, factor: factor, gradient: gradient.span, parameters: &parameterSpan, firstMoment: &firstSpan,
            secondMoment: &secondSpan)
        #expect(parameters == expected && first == m && second == v)
    }

    @Test(arguments: counts, loops)
    func decayingAdamHasTheBitsOfItsFormula(count: Int, loops: Loops) {
        let (gradient, c, factor) = (Self.numbers(count, 1), Self.coefficients, Float(0.37))
        let decay = WeightDecay(coupled: 0.013, kept: 0.97)
        var (parameters, first) = (Self.numbers(count, 2), Self.numbers(count, 3))
        var second = Self.numbers(count, 4).map { $0 * $0 }
        var (expected, m, v) = (parameters, first, second)
        for i in 0..<count {
            let g = gradient[i] * factor + decay.coupled * expected[i]
            m[i] = c.beta1 * m[i] + c.oneMinusBeta1 * g
            v[i] = c.beta2 * v[i] + c.oneMinusBeta2 * (g * g)
            expected[i] = decay.kept * expected[i] - c.rate * (m[i] / (v[i].squareRoot() * c.correction + c.epsilon))
        }
        var parameterSpan = parameters.mutableSpan
        var firstSpan = first.mutableSpan
        var secondSpan = second.mutableSpan
        updateDecayingAdam(
            loops, c, decay, factor: factor, gradient: gradient.span, parameters: &parameterSpan,
            firstMoment: &firstSpan, secondMoment: &secondSpan)
        #expect(parameters == expected && first == m && second == v)
    }

    @Test(arguments: counts, loops)
    func othersHaveTheBitsOfTheirFormulas(count: Int, loops: Loops) {
        let (gradient, factor) = (Self.numbers(count, 1), Float(0.37))
        let r = RMSPropCoefficients(decay: 0.9, oneMinusDecay: 0.1, epsilon: 1e-8, rate: 0.0123, coupled: 0.013)
        let s = SGDCoefficients(momentum: 0.9, rate: 0.0123, coupled: 0.013)
        var (root, sgd, average) = (Self.numbers(count, 2), Self.numbers(count, 2), Self.numbers(count, 2))
        var (square, velocity) = (Self.numbers(count, 3).map { $0 * $0 }, Self.numbers(count, 4))
        var (x, y, a, v, b) = (root, sgd, average, square, velocity)
        for i in 0..<count {
            let g = gradient[i] * factor + r.coupled * x[i]
            v[i] = r.decay * v[i] + r.oneMinusDecay * (g * g)
            x[i] -= r.rate * (g / (v[i].squareRoot() + r.epsilon))
            let h = gradient[i] * factor + s.coupled * y[i]
            b[i] = s.momentum * b[i] + h
            y[i] -= s.rate * b[i]
            a[i] += 0.3 * (gradient[i] - a[i])
        }
        var rootSpan = root.mutableSpan
        var squareSpan = square.mutableSpan
        updateRMSProp(loops, r, factor: factor, gradient: gradient.span, parameters: &rootSpan, meanSquare: &squareSpan)
        var sgdSpan = sgd.mutableSpan
        var velocitySpan = velocity.mutableSpan
        updateSGD(loops, s, factor: factor, gradient: gradient.span, parameters: &sgdSpan, velocity: &velocitySpan)
        var averageSpan = average.mutableSpan
        updateAverage(loops, &averageSpan, towards: gradient.span, share: 0.3)
        #expect(root == x && square == v && sgd == y && velocity == b && average == a)
    }

    @Test(arguments: counts, loops)
    func squaresAreSummedInEightLanes(count: Int, loops: Loops) {
        var values = Self.numbers(count, 5)
        let scaled = values.map { $0 * 0.7 }
        var lanes = [Double](repeating: 0, count: 8)
        for (index, value) in scaled.enumerated() { lanes[index % 8] += Double(value) * Double(value) }
        let halves = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
        let expected = (halves[0] + halves[2]) + (halves[1] + halves[3])
        var span = values.mutableSpan
        let squares = scaleAndSumSquares(loops, &span, by: 0.7)
        #expect(squares == expected && values == scaled)
    }
}
