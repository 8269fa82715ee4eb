// Optimizer: updates of parameters, and the gradient's norm, vectorised.

import COptimizer

/// What is the same for every element of one update of Adam.
public struct AdamCoefficients: Hashable, Sendable {
    public var beta1: Float
    public var beta2: Float
    public var oneMinusBeta1: Float
    public var oneMinusBeta2: Float
    public var epsilon: Float
    /// The learning rate / (1 − β₁ᵗ).
    public var rate: Float
    /// 1 / √(1 − β₂ᵗ)
    public var correction: Float

    public init(
        beta1: Float, beta2: Float, oneMinusBeta1: Float, oneMinusBeta2: Float, epsilon: Float, rate: Float,
        correction: Float
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.oneMinusBeta1 = oneMinusBeta1
        self.oneMinusBeta2 = oneMinusBeta2
        self.epsilon = epsilon
        self.rate = rate
        self.correction = correction
    }
}

/// The instructions that loops use; none changes a bit.
enum Loops: UInt32, CaseIterable {
    case any
    case avx2
    case avx512

    /// The best of this machine.
    static let best = Loops(rawValue: tributary_best_loops().rawValue)!

    var code: tributary_loops { tributary_loops(rawValue: rawValue) }
}

/// Applies one update of Adam to a piece of flat buffers, in a single pass.
///
/// For each element, in this order, in float32, g being the gradient times `factor`:
///
///     m ← β₁·m + (1 − β₁)·g
///     v ← β₂·v + (1 − β₂)·(g·g)
///     θ ← θ − rate · (m / (√v · correction + ε))
///
/// The bits are the same on every machine. The caller has set the float environment.
public func updateAdam(
    _ coefficients: AdamCoefficients, factor: Float, gradient: Span<Float>, parameters: inout MutableSpan<Float>,
    firstMoment: inout MutableSpan<Float>, secondMoment: inout MutableSpan<Float>
) {
    updateAdam(
        .best, coefficients, factor: factor, gradient: gradient, parameters: &parameters, firstMoment: &firstMoment,
        secondMoment: &secondMoment)
}

func updateAdam(
    _ loops: Loops, _ coefficients: AdamCoefficients, factor: Float, gradient: Span<Float>,
    parameters: inout MutableSpan<Float>, firstMoment: inout MutableSpan<Float>, secondMoment: inout MutableSpan<Float>
) {
    let count = parameters.count
    precondition(
        count == gradient.count && count == firstMoment.count && count == secondMoment.count,
        "\(count) parameters, with a gradient of \(gradient.count)")
    var adam = tributary_adam(coefficients)
    unsafe gradient.withUnsafeBufferPointer { gradient in
        unsafe parameters.withUnsafeMutableBufferPointer { parameters in
            unsafe firstMoment.withUnsafeMutableBufferPointer { first in
                unsafe secondMoment.withUnsafeMutableBufferPointer { second in
                    unsafe tributary_update_adam(
                        loops.code, &adam, factor, Int64(count), gradient.baseAddress, parameters.baseAddress,
                        first.baseAddress, second.baseAddress)
                }
            }
        }
    }
}

extension tributary_adam {
    init(_ coefficients: AdamCoefficients) {
        self.init(
            beta1: coefficients.beta1, one_minus_beta1: coefficients.oneMinusBeta1, beta2: coefficients.beta2,
            one_minus_beta2: coefficients.oneMinusBeta2, epsilon: coefficients.epsilon, rate: coefficients.rate,
            correction: coefficients.correction)
    }
}

/// Multiplies values by `scale` and returns the sum of their squares afterwards, in Float64: eight lanes, added pairwise.
///
/// The bits are the same on every machine. The caller has set the float environment.
public func scaleAndSumSquares(_ values: inout MutableSpan<Float>, by scale: Float) -> Double {
    scaleAndSumSquares(.best, &values, by: scale)
}

func scaleAndSumSquares(_ loops: Loops, _ values: inout MutableSpan<Float>, by scale: Float) -> Double {
    unsafe values.withUnsafeMutableBufferPointer {
        unsafe tributary_scale_and_sum_squares(loops.code, Int64($0.count), $0.baseAddress, scale)
    }
}
