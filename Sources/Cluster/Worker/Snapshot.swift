import Messaging

/// One step's parameters and running statistics, which leaves of that step share.
final class Snapshot: Sendable {
    let parameters: [Float]
    let statistics: [Float]

    init(_ arriving: consuming ArrivingParameters) {
        parameters = arriving.parameters
        statistics = arriving.statistics
    }
}

/// A step's parameters and running statistics on their way, one after the other in chunks.
struct ArrivingParameters {
    private(set) var parameters: [Float]
    private(set) var statistics: [Float]

    init(parameters: Int, statistics: Int) {
        self.parameters = [Float](repeating: 0, count: parameters)
        self.statistics = [Float](repeating: 0, count: statistics)
    }

    /// Puts a chunk at its place, `start` floats from the first parameter.
    mutating func place(_ chunk: borrowing Message, at start: Int) {
        let border = max(0, min(chunk.floatCount, parameters.count - start))
        if border > 0 { chunk.copyFloats(0..<border, into: &parameters, at: start) }
        guard border < chunk.floatCount else { return }
        chunk.copyFloats(border..<chunk.floatCount, into: &statistics, at: start + border - parameters.count)
    }
}
