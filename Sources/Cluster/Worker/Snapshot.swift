import Coordination
import Messaging
import Tensors

/// One step's parameters and running statistics, which leaves of that step share, and their averages where they are kept.
final class Snapshot: ParameterMemory, Sendable {
    private enum Place {
        case arrays([[Float]])
        /// The parts lie one after the other.
        case memory(SharedMemory, MemorySlot)
    }

    /// Which one it is; no two of a worker are the same.
    let number: Int
    private let place: Place
    /// The number of floats of each part: `TrainingProgram.broadcastCounts`.
    private let counts: [Int]

    init(_ arriving: consuming ArrivingParameters, number: Int) {
        self.number = number
        counts = arriving.parts.map(\.count)
        place = .arrays(arriving.parts)
    }

    /// Parts that lie in a slot of the coordinator's memory.
    init(_ memory: SharedMemory, _ slot: MemorySlot, counts: [Int], number: Int) {
        self.number = number
        self.counts = counts
        place = .memory(memory, slot)
    }

    /// Lends parameters and statistics to be read. What came of it counts if it `isIntact` afterwards.
    func lend(_ body: (_ parameters: Span<Float>, _ statistics: Span<Float>) -> Void) { lend(from: 0, body) }

    /// What is evaluated: the averages, where they are kept.
    var evaluated: any ParameterMemory { Evaluated(snapshot: self) }

    private final class Evaluated: ParameterMemory {
        private let snapshot: Snapshot

        init(snapshot: Snapshot) { self.snapshot = snapshot }

        func lend(_ body: (Span<Float>, Span<Float>) -> Void) { snapshot.lend(from: snapshot.counts.count - 2, body) }
    }

    /// Lends two parts that follow one another.
    private func lend(from part: Int, _ body: (Span<Float>, Span<Float>) -> Void) {
        switch place {
        case .arrays(let parts):
            let (first, second) = (parts[part], parts[part + 1])
            body(first.span, second.span)
        case .memory(let memory, let slot):
            let start = counts[..<part].reduce(0, +)
            let (first, second) = (counts[part], counts[part + 1])
            memory.withNumbers(slot.index, 4 * start..<4 * (start + first + second)) { _, floats in
                body(floats.extracting(0..<first), floats.extracting(first..<first + second))
            }
        }
    }

    /// Whether all that was read so far was what it should be: the coordinator writes over its memory in the next step but one.
    var isIntact: Bool {
        switch place {
        case .arrays: true
        case .memory(let memory, let slot): memory.holds(slot.stamp, in: slot.index)
        }
    }

    /// The arrays, if it has some, to be written over.
    fileprivate var parts: [[Float]]? { if case .arrays(let parts) = place { parts } else { nil } }
}

/// The parts of a step's snapshot on their way, one after the other in chunks.
struct ArrivingParameters {
    private(set) var parts: [[Float]]

    init(counts: [Int]) { parts = counts.map { [Float](repeating: 0, count: $0) } }

    /// Writes over a snapshot that nobody else holds any more; nil where that has no memory of its own.
    init?(over snapshot: consuming Snapshot) {
        guard let parts = snapshot.parts else { return nil }
        self.parts = parts
    }

    /// Puts a chunk at its place, `start` floats from the first parameter.
    mutating func place(_ chunk: borrowing Message, at start: Int) {
        chunk.withNumbers { _, floats in
            let end = start + floats.count
            precondition(end <= parts.reduce(0) { $0 + $1.count }, "\(floats.count) floats do not fit at \(start)")
            var first = 0
            for index in parts.indices {
                let common = (start..<end).clamped(to: first..<first + parts[index].count)
                if !common.isEmpty {
                    Self.copy(
                        floats.extracting(common.lowerBound - start..<common.upperBound - start), to: &parts[index],
                        at: common.lowerBound - first)
                }
                first += parts[index].count
            }
        }
    }

    private static func copy(_ source: Span<Float>, to target: inout [Float], at start: Int) {
        var target = target.mutableSpan
        for index in 0..<source.count { target[start + index] = source[index] }
    }
}
