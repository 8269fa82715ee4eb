import Tensors

/// All that training changes: parameters, running statistics, the optimizer's moments and the number of steps taken.
///
/// A value: a copy is a snapshot, which costs memory only once the original moves on.
public struct ModelState: Sendable {
    public let layout: ModelLayout
    /// How many steps have been applied; the next one is step number `step`.
    public internal(set) var step: Int
    public internal(set) var parameters: [Float]
    public internal(set) var statistics: [Float]
    /// Adam's m.
    public internal(set) var firstMoment: [Float]
    /// Adam's v.
    public internal(set) var secondMoment: [Float]

    /// The state before the first step: moments are zero.
    public init(layout: ModelLayout, parameters: [Float], statistics: [Float]) {
        let zeros = [Float](repeating: 0, count: layout.parameters.count)
        self.init(
            layout: layout, step: 0, parameters: parameters, statistics: statistics, firstMoment: zeros,
            secondMoment: zeros)
    }

    init(
        layout: ModelLayout, step: Int, parameters: [Float], statistics: [Float], firstMoment: [Float],
        secondMoment: [Float]
    ) {
        let count = layout.parameters.count
        precondition(parameters.count == count, "\(parameters.count) parameters for a model of \(count)")
        precondition(
            firstMoment.count == count && secondMoment.count == count, "moments for a model of \(count) parameters")
        precondition(
            statistics.count == layout.statistics.count,
            "\(statistics.count) statistics for a model of \(layout.statistics.count)")
        self.layout = layout
        self.step = step
        self.parameters = parameters
        self.statistics = statistics
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
    }

    /// Parameters and statistics as they are now, for an executable.
    public var parameterMemory: ParameterArrays { ParameterArrays(parameters: parameters, statistics: statistics) }
}
