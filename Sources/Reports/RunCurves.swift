import Pictures
import Training

/// The rows of a record as lines over the epochs.
public struct RunCurves: Sendable {
    private let steps: [MetricsRow]
    private let evaluations: [MetricsRow]
    /// How many steps an epoch has, as near as the rows tell; nil where none has ended.
    private let stepsOfEpoch: Double?

    /// How many points the line of the steps has at most.
    private static let mostPoints = 200

    /// - Parameter rows: All rows of the record, in their order.
    public init(_ rows: [MetricsRow]) {
        steps = rows.filter { $0.split == .train }
        evaluations = rows.filter { $0.split == .valid }
        let last = zip(steps, steps.dropFirst()).reversed().first { $0.epoch < $1.epoch }?.0
        stepsOfEpoch = last.map { Double($0.step) / Double($0.epoch) }
    }

    /// Whether an epoch has ended, so that lines can be drawn over epochs.
    public var haveEpochs: Bool { stepsOfEpoch != nil }

    /// What the steps measured: means of as many neighbours as it takes to keep the line short, each at its last step.
    ///
    /// - Parameter overEpochs: Whether epochs are what is counted to the right, and not steps.
    public func train(overEpochs: Bool, _ value: (MetricsRow) -> Double?) -> [Point] {
        let size = (steps.count + Self.mostPoints - 1) / Self.mostPoints
        return stride(from: 0, to: steps.count, by: max(1, size)).compactMap { start in
            let rows = steps[start..<min(steps.count, start + size)]
            let values = rows.compactMap(value)
            guard let last = rows.last, !values.isEmpty else { return nil }
            return Point(x: position(last, overEpochs), y: mean(values))
        }
    }

    /// What the evaluations measured.
    public func valid(overEpochs: Bool, _ value: (MetricsRow) -> Double?) -> [Point] {
        evaluations.compactMap { row in value(row).map { Point(x: position(row, overEpochs), y: $0) } }
    }

    private func position(_ row: MetricsRow, _ overEpochs: Bool) -> Double {
        guard overEpochs, let stepsOfEpoch else { return Double(row.step) }
        return Double(row.step) / stepsOfEpoch
    }
}

extension MetricsRow {
    /// What is under a key of a line; nil where nothing is, or no finite number.
    public func number(_ name: String) -> Double? {
        numbers.first { $0.name == name }.map(\.value).flatMap { $0.isFinite ? $0 : nil }
    }
}
