import Tensors

/// All that training changes: parameters, running statistics, what the optimizer keeps, their averages and the number of steps taken.
///
/// A value: a copy is a snapshot, which costs memory only once the original moves on.
public struct ModelState: Sendable {
    public let layout: ModelLayout
    /// How many steps have been applied; the next one is step number `step`.
    public internal(set) var step: Int
    public internal(set) var parameters: [Float]
    public internal(set) var statistics: [Float]
    public internal(set) var optimizer: OptimizerState
    /// Where weights are averaged.
    public internal(set) var average: WeightAverage?

    init(
        layout: ModelLayout, step: Int, parameters: [Float], statistics: [Float], optimizer: OptimizerState,
        average: WeightAverage? = nil
    ) {
        let count = layout.parameters.count
        precondition(parameters.count == count, "\(parameters.count) parameters for a model of \(count)")
        precondition(
            optimizer.groups.allSatisfy { $0.values.count == count },
            "an optimizer's state of other sizes than \(count) parameters")
        precondition(
            statistics.count == layout.statistics.count,
            "\(statistics.count) statistics for a model of \(layout.statistics.count)")
        precondition(
            average.map { $0.parameters.count == count && $0.statistics.count == statistics.count } ?? true,
            "averages for a model of \(count) parameters")
        self.layout = layout
        self.step = step
        self.parameters = parameters
        self.statistics = statistics
        self.optimizer = optimizer
        self.average = average
    }

    /// Parameters and statistics of the last step, for an executable.
    public var parameterMemory: ParameterArrays { ParameterArrays(parameters: parameters, statistics: statistics) }
}
