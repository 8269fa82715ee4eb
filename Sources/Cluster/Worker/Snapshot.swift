import Coordination
import Messaging
import Tensors

/// One step's parameters and running statistics, which leaves of that step share.
final class Snapshot: ParameterMemory, Sendable {
    private enum Place {
        case arrays(parameters: [Float], statistics: [Float])
        case memory(SharedMemory, MemorySlot, parameters: Int, statistics: Int)
    }

    /// Which one it is; no two of a worker are the same.
    let number: Int
    private let place: Place

    init(_ arriving: consuming ArrivingParameters, number: Int) {
        self.number = number
        place = .arrays(parameters: arriving.parameters, statistics: arriving.statistics)
    }

    /// Parameters and statistics that lie in a slot of the coordinator's memory, one after the other.
    init(_ memory: SharedMemory, _ slot: MemorySlot, parameters: Int, statistics: Int, number: Int) {
        self.number = number
        place = .memory(memory, slot, parameters: parameters, statistics: statistics)
    }

    /// Lends parameters and statistics to be read. What came of it counts if it `isIntact` afterwards.
    func lend(_ body: (_ parameters: Span<Float>, _ statistics: Span<Float>) -> Void) {
        switch place {
        case .arrays(let parameters, let statistics): body(parameters.span, statistics.span)
        case .memory(let memory, let slot, let parameters, let statistics):
            memory.withNumbers(slot.index, 0..<4 * (parameters + statistics)) { _, floats in
                body(floats.extracting(0..<parameters), floats.extracting(parameters..<floats.count))
            }
        }
    }

    /// Whether all that was read so far was what it should be: the coordinator writes over its memory in the next step but one.
    var isIntact: Bool {
        switch place {
        case .arrays: true
        case .memory(let memory, let slot, _, _): memory.holds(slot.stamp, in: slot.index)
        }
    }

    /// The arrays, if it has some, to be written over.
    fileprivate var arrays: (parameters: [Float], statistics: [Float])? {
        if case .arrays(let parameters, let statistics) = place { (parameters, statistics) } else { nil }
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

    /// Writes over a snapshot that nobody else holds any more; nil where that has no memory of its own.
    init?(over snapshot: consuming Snapshot) {
        guard let arrays = snapshot.arrays else { return nil }
        (parameters, statistics) = arrays
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
