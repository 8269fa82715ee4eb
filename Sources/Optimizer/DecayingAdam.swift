import COptimizer

/// How weight decay pulls parameters towards 0 in one update.
public struct WeightDecay: Hashable, Sendable {
    /// What of a parameter is added to its gradient: the gradient of ½ · coupled · θ².
    public var coupled: Float
    /// What of a parameter stays, besides what its gradient does.
    public var kept: Float

    public init(coupled: Float = 0, kept: Float = 1) {
        self.coupled = coupled
        self.kept = kept
    }
}

/// Applies one update of Adam with weight decay to a piece of flat buffers, in a single pass.
///
/// For each element, in this order, in float32, θ on the right being the parameter before the update:
///
///     g ← gradient · factor + coupled · θ
///     m ← β₁·m + (1 − β₁)·g
///     v ← β₂·v + (1 − β₂)·(g·g)
///     θ ← kept · θ − rate · (m / (√v · correction + ε))
///
/// The bits are the same on every machine. The caller has set the float environment.
public func updateDecayingAdam(
    _ coefficients: AdamCoefficients, _ decay: WeightDecay, factor: Float, gradient: Span<Float>,
    parameters: inout MutableSpan<Float>, firstMoment: inout MutableSpan<Float>, secondMoment: inout MutableSpan<Float>
) {
    updateDecayingAdam(
        .best, coefficients, decay, factor: factor, gradient: gradient, parameters: &parameters,
        firstMoment: &firstMoment, secondMoment: &secondMoment)
}

func updateDecayingAdam(
    _ loops: Loops, _ coefficients: AdamCoefficients, _ decay: WeightDecay, factor: Float, gradient: Span<Float>,
    parameters: inout MutableSpan<Float>, firstMoment: inout MutableSpan<Float>, secondMoment: inout MutableSpan<Float>
) {
    let count = parameters.count
    precondition(
        count == gradient.count && count == firstMoment.count && count == secondMoment.count,
        "\(count) parameters, with a gradient of \(gradient.count)")
    var adam = tributary_adam(coefficients)
    let decay = tributary_decay(coupled: decay.coupled, kept: decay.kept)
    unsafe gradient.withUnsafeBufferPointer { gradient in
        unsafe parameters.withUnsafeMutableBufferPointer { parameters in
            unsafe firstMoment.withUnsafeMutableBufferPointer { first in
                unsafe secondMoment.withUnsafeMutableBufferPointer { second in
                    unsafe tributary_update_decaying_adam(
                        loops.code, &adam, decay, factor, Int64(count), gradient.baseAddress, parameters.baseAddress,
                        first.baseAddress, second.baseAddress)
                }
            }
        }
    }
}
