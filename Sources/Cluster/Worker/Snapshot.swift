import Messaging

/// One step's parameters and running statistics, which leaves of that step share.
final class Snapshot: Sendable {
    /// Which one it is; no two of a worker are the same.
    let number: Int
    let parameters: [Float]
    let statistics: [Float]

    init(_ arriving: consuming ArrivingParameters, number: Int) {
        self.number = number
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

    /// Writes over a snapshot that nobody else holds any more.
    init(over snapshot: consuming Snapshot) {
        parameters = snapshot.parameters
        statistics = snapshot.statistics
    }

    /// Puts a chunk at its place, `start` floats from the first parameter.
    mutating func place(_ chunk: borrowing Message, at start: Int) {
        chunk.withNumbers { _, floats in
            let border = max(0, min(floats.count, parameters.count - start))
            if border > 0 { Self.copy(floats.extracting(0..<border), to: &parameters, at: start) }
            guard border < floats.count else { return }
            Self.copy(
                floats.extracting(border..<floats.count), to: &statistics, at: start + border - parameters.count)
        }
    }

    private static func copy(_ source: Span<Float>, to target: inout [Float], at start: Int) {
        var target = target.mutableSpan
        precondition(
            start >= 0 && start + source.count <= target.count, "\(source.count) floats do not fit at \(start)")
        for index in 0..<source.count { target[start + index] = source[index] }
    }
}
