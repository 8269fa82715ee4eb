import FloatEnvironment
import Optimizer
import Parallel
import Tensors

/// The moving averages of parameters and running statistics.
public struct WeightAverage: Hashable, Sendable {
    public internal(set) var parameters: [Float]
    public internal(set) var statistics: [Float]

    /// Moves the averages of some parameters.
    mutating func move(towards new: [Float], _ range: Range<Int>, share: Float) {
        let pieces = Parallel.pieces(of: range)
        Parallel.forEach(pieces, of: &parameters) { index, average in
            let environment = FloatEnvironment.flushToZero()
            defer { environment.restore() }
            updateAverage(&average, towards: new.span.extracting(pieces[index]), share: share)
        }
    }

    /// Moves the averages of the statistics. The caller has set the float environment.
    mutating func move(towards new: [Float], share: Float) {
        var average = statistics.mutableSpan
        updateAverage(&average, towards: new.span, share: share)
    }
}

/// Which weights of a state a model works with.
public enum Weights: String, CaseIterable, Sendable {
    /// The moving average, or the last ones where no average is kept.
    case average
    /// Those of the last step.
    case last
}

extension ModelState {
    /// Parameters and statistics for an executable.
    public func memory(_ weights: Weights) -> ParameterArrays {
        guard weights == .average, let average else { return parameterMemory }
        return ParameterArrays(parameters: average.parameters, statistics: average.statistics)
    }

    /// The same as a state of its own has them.
    func values(_ weights: Weights) -> (parameters: [Float], statistics: [Float]) {
        guard weights == .average, let average else { return (parameters, statistics) }
        return (average.parameters, average.statistics)
    }

    /// What a step or an evaluation needs, as it is sent to workers: parameters, running statistics, and their averages where they are kept.
    public var broadcast: [[Float]] {
        [parameters, statistics] + (average.map { [$0.parameters, $0.statistics] } ?? [])
    }
}
