import FloatEnvironment
import Optimizer

extension AdamCoefficients {
    /// Takes a step with numbers that are no run's state, with denormals flushed to zero as everywhere.
    ///
    /// - Parameter factor: What the gradient is multiplied by first.
    func update(
        _ parameters: inout [Float], _ firstMoment: inout [Float], _ secondMoment: inout [Float], gradient: [Float],
        factor: Float = 1
    ) {
        let environment = FloatEnvironment.flushToZero()
        defer { environment.restore() }
        var parameters = parameters.mutableSpan
        var firstMoment = firstMoment.mutableSpan
        var secondMoment = secondMoment.mutableSpan
        updateAdam(
            self, factor: factor, gradient: gradient.span, parameters: &parameters, firstMoment: &firstMoment,
            secondMoment: &secondMoment)
    }
}
