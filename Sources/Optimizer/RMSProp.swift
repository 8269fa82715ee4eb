import COptimizer

/// What is the same for every element of one update of RMSProp.
public struct RMSPropCoefficients: Hashable, Sendable {
    public var decay: Float
    public var oneMinusDecay: Float
    public var epsilon: Float
    public var rate: Float
    /// What of a parameter is added to its gradient.
    public var coupled: Float

    public init(decay: Float, oneMinusDecay: Float, epsilon: Float, rate: Float, coupled: Float) {
        self.decay = decay
        self.oneMinusDecay = oneMinusDecay
        self.epsilon = epsilon
        self.rate = rate
        self.coupled = coupled
    }
}

/// Applies one update of RMSProp to a piece of flat buffers, in a single pass.
///
/// For each element, in this order, in float32:
///
///     g ← gradient · factor + coupled · θ
///     v ← decay · v + (1 − decay) · (g·g)
///     θ ← θ − rate · (g / (√v + ε))
///
/// The bits are the same on every machine. The caller has set the float environment.
public func updateRMSProp(
    _ coefficients: RMSPropCoefficients, factor: Float, gradient: Span<Float>, parameters: inout MutableSpan<Float>,
    meanSquare: inout MutableSpan<Float>
) {
    updateRMSProp(
        .best, coefficients, factor: factor, gradient: gradient, parameters: &parameters, meanSquare: &meanSquare)
}

func updateRMSProp(
    _ loops: Loops, _ coefficients: RMSPropCoefficients, factor: Float, gradient: Span<Float>,
    parameters: inout MutableSpan<Float>, meanSquare: inout MutableSpan<Float>
) {
    let count = parameters.count
    precondition(
        count == gradient.count && count == meanSquare.count,
        "\(count) parameters, with a gradient of \(gradient.count)")
    var rmsprop = tributary_rmsprop(
        decay: coefficients.decay, one_minus_decay: coefficients.oneMinusDecay, epsilon: coefficients.epsilon,
        rate: coefficients.rate, coupled: coefficients.coupled)
    unsafe gradient.withUnsafeBufferPointer { gradient in
        unsafe parameters.withUnsafeMutableBufferPointer { parameters in
            unsafe meanSquare.withUnsafeMutableBufferPointer { square in
                unsafe tributary_update_rmsprop(
                    loops.code, &rmsprop, factor, Int64(count), gradient.baseAddress, parameters.baseAddress,
                    square.baseAddress)
            }
        }
    }
}
