/// What waits to be sent to one worker over the bulk link, as descriptions and not as bytes.
///
/// Parameters go first, then pixels that a microbatch waits for, then background copying; a new step's parameters replace
/// what is left of the old ones.
struct Outbox: Sendable {
    private struct Parameters {
        /// A chunk, and the duties under which its receiver passes it on.
        struct Piece {
            var chunk: Int
            var duties: UInt64
        }

        var step: Int
        var pieces: ArraySlice<Piece>
    }

    private struct Rows {
        var split: PixelSplit
        var examples: ArraySlice<UInt32>
    }

    /// The examples that may wait.
    private static let rowLimit = 1 << 22

    private let sizes: BulkSizes
    private var parameters: Parameters?
    private var urgent: [Rows] = []
    /// Some of these examples have left since, as urgent ones.
    private var copies: [Rows] = []
    private var waitingUrgently: [PixelSplit: Set<UInt32>] = [:]
    private var waitingAsCopies: [PixelSplit: Set<UInt32>] = [:]

    init(sizes: BulkSizes) {
        self.sizes = sizes
    }

    /// The step of the parameters that wait.
    var parametersStep: Int? { parameters?.step }

    /// Puts all parameters of `step` in line. Those that wait to be passed on still are.
    mutating func enqueueParameters(step: Int) {
        let passedOn = parameters?.step == step ? (parameters?.pieces ?? []).filter { $0.duties != Duties.star } : []
        let waiting = Set(passedOn.map(\.chunk))
        let rest = sizes.parameterChunks.filter { !waiting.contains($0) }
        enqueue(passedOn + rest.map { .init(chunk: $0, duties: Duties.star) }, step)
    }

    /// Puts some chunks of the parameters of `step` in line, to be passed on.
    mutating func enqueueParameters(step: Int, chunks: [Int], duties: UInt64) {
        enqueue(chunks.map { .init(chunk: $0, duties: duties) }, step)
    }

    private mutating func enqueue(_ pieces: [Parameters.Piece], _ step: Int) {
        parameters = pieces.isEmpty ? nil : Parameters(step: step, pieces: pieces[...])
    }

    /// No parameters are of use any more.
    mutating func dropParameters() {
        parameters = nil
    }

    /// Puts pixels in line, none twice; answers false where too many wait already.
    mutating func enqueue(_ wanted: WorkerMessage.RowsWanted) -> Bool {
        let split = wanted.split
        let copied = wanted.examples.filter { waitingAsCopies[split]?.contains($0) == true }
        let new = wanted.examples.filter { !isWaiting($0, split) }
        let waiting = [waitingUrgently, waitingAsCopies].flatMap(\.values).reduce(0) { $0 + $1.count }
        guard waiting + new.count <= Self.rowLimit else { return false }
        switch wanted.purpose {
        case .copy: append(new, split, to: \.copies, \.waitingAsCopies)
        case .microbatch: hurry(Set(copied).union(new), in: wanted)
        case .hurry: hurry(Set(copied), in: wanted)
        }
        return true
    }

    private func isWaiting(_ example: UInt32, _ split: PixelSplit) -> Bool {
        waitingUrgently[split]?.contains(example) == true || waitingAsCopies[split]?.contains(example) == true
    }

    private mutating func hurry(_ chosen: Set<UInt32>, in wanted: WorkerMessage.RowsWanted) {
        waitingAsCopies[wanted.split]?.subtract(chosen)
        append(wanted.examples.filter(chosen.contains), wanted.split, to: \.urgent, \.waitingUrgently)
    }

    private mutating func append(
        _ examples: [UInt32], _ split: PixelSplit, to lane: WritableKeyPath<Outbox, [Rows]>,
        _ waiting: WritableKeyPath<Outbox, [PixelSplit: Set<UInt32>]>
    ) {
        guard !examples.isEmpty else { return }
        self[keyPath: waiting][split, default: []].formUnion(examples)
        self[keyPath: lane].append(Rows(split: split, examples: examples[...]))
    }

    /// Takes what leaves next, if `window` admits it.
    mutating func next(within window: CreditWindow) -> Transfer? {
        if let waiting = parameters, let piece = waiting.pieces.first {
            let range = sizes.parameterBytes(ofChunk: piece.chunk)
            guard window.admits(range.count) else { return nil }
            parameters?.pieces.removeFirst()
            if parameters?.pieces.isEmpty == true { parameters = nil }
            return .parameters(
                step: waiting.step, offset: range.lowerBound, bytes: range.count, duties: piece.duties)
        }
        if let rows = urgent.first {
            guard window.admits(bytes(ofNext: rows)) else { return nil }
            return takeRows(from: \.urgent, \.waitingUrgently)
        }
        while let rows = copies.first {
            guard window.admitsCopy(bytes(ofNext: rows)) else { return nil }
            if let chunk = takeRows(from: \.copies, \.waitingAsCopies) { return chunk }
        }
        return nil
    }

    private func bytes(ofNext rows: Rows) -> Int {
        min(sizes.rowsPerChunk, rows.examples.count) * sizes.exampleBytes
    }

    /// The first rows of a lane without those that wait there no more; nil where that leaves none.
    private mutating func takeRows(
        from lane: WritableKeyPath<Outbox, [Rows]>, _ waiting: WritableKeyPath<Outbox, [PixelSplit: Set<UInt32>]>
    ) -> Transfer? {
        let rows = self[keyPath: lane][0]
        let first = rows.examples.prefix(sizes.rowsPerChunk)
        self[keyPath: lane][0].examples = rows.examples.dropFirst(first.count)
        if self[keyPath: lane][0].examples.isEmpty { self[keyPath: lane].removeFirst() }
        let examples = first.filter { self[keyPath: waiting][rows.split]?.remove($0) != nil }
        return examples.isEmpty ? nil : .rows(rows.split, examples: examples)
    }
}
