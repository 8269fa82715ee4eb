// FloatEnvironment: subnormal numbers flush to zero wherever bits are fixed.

import CFloatEnvironment

/// How the calling thread treats subnormal numbers, kept while arithmetic that fixes bits runs.
///
/// Kernels flush subnormal numbers to zero for speed. A sum folded on a worker's thread and one folded on the coordinator's
/// must agree, so every function that is part of the numerical contract sets the mode itself instead of trusting its thread:
///
///     let environment = FloatEnvironment.flushToZero()
///     defer { environment.restore() }
public struct FloatEnvironment: Sendable {
    private let saved: UInt64

    /// Takes subnormal operands as zero and makes subnormal results zero from here on, on this thread.
    public static func flushToZero() -> FloatEnvironment {
        let saved = tributary_float_control()
        tributary_set_float_control(saved | tributary_flush_to_zero_bits)
        return FloatEnvironment(saved: saved)
    }

    /// Puts the thread's former mode back.
    public func restore() {
        tributary_set_float_control(saved)
    }
}
