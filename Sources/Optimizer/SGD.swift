import COptimizer

/// What is the same for every element of one step of gradient descent.
public struct SGDCoefficients: Hashable, Sendable {
    public var momentum: Float
    public var rate: Float
    /// What of a parameter is added to its gradient.
    public var coupled: Float

    public init(momentum: Float, rate: Float, coupled: Float) {
        self.momentum = momentum
        self.rate = rate
        self.coupled = coupled
    }
}

/// Applies one step of gradient descent with momentum to a piece of flat buffers, in a single pass.
///
/// For each element, in this order, in float32:
///
///     g ← gradient · factor + coupled · θ
///     b ← momentum · b + g
///     θ ← θ − rate · b
///
/// The bits are the same on every machine. The caller has set the float environment.
public func updateSGD(
    _ coefficients: SGDCoefficients, factor: Float, gradient: Span<Float>, parameters: inout MutableSpan<Float>,
    velocity: inout MutableSpan<Float>
) {
    updateSGD(.best, coefficients, factor: factor, gradient: gradient, parameters: &parameters, velocity: &velocity)
}

func updateSGD(
    _ loops: Loops, _ coefficients: SGDCoefficients, factor: Float, gradient: Span<Float>,
    parameters: inout MutableSpan<Float>, velocity: inout MutableSpan<Float>
) {
    let count = parameters.count
    precondition(
        count == gradient.count && count == velocity.count, "\(count) parameters, with a gradient of \(gradient.count)"
    )
    var sgd = tributary_sgd(
        momentum: coefficients.momentum, rate: coefficients.rate, coupled: coefficients.coupled)
    unsafe gradient.withUnsafeBufferPointer { gradient in
        unsafe parameters.withUnsafeMutableBufferPointer { parameters in
            unsafe velocity.withUnsafeMutableBufferPointer { velocity in
                unsafe tributary_update_sgd(
                    loops.code, &sgd, factor, Int64(count), gradient.baseAddress, parameters.baseAddress,
                    velocity.baseAddress)
            }
        }
    }
}
