/// What waits to be sent to one worker over the bulk link, as descriptions and not as bytes.
///
/// Parameters go first, then pixels that a microbatch waits for, then background copying; a new step's parameters replace
/// what is left of the old ones.
struct Outbox: Sendable {
    /// What leaves next.
    enum Chunk: Equatable {
        case parameters(step: Int, offset: Int, bytes: Int)
        case rows(PixelSplit, [UInt32])
    }

    private struct Parameters {
        var step: Int
        var offset: Int
    }

    private struct Rows {
        var split: PixelSplit
        var examples: ArraySlice<UInt32>
    }

    /// The examples that may wait; a worker that asks for more has to ask again.
    private static let rowLimit = 1 << 22

    private let sizes: BulkSizes
    private var parameters: Parameters?
    private var urgent: [Rows] = []
    private var background: [Rows] = []
    private var waitingRows = 0

    init(sizes: BulkSizes) {
        self.sizes = sizes
    }

    /// Puts the parameters of `step` in line, from the byte `offset` on.
    mutating func enqueueParameters(step: Int, from offset: Int = 0) {
        parameters = offset < sizes.parameterBytes ? Parameters(step: step, offset: offset) : nil
    }

    /// No parameters are of use any more.
    mutating func dropParameters() {
        parameters = nil
    }

    /// Puts pixels in line; answers false where too many wait already.
    mutating func enqueue(_ wanted: WorkerMessage.RowsWanted) -> Bool {
        if wanted.isRestart { clearRows() }
        guard waitingRows + wanted.examples.count <= Self.rowLimit else { return false }
        guard !wanted.examples.isEmpty else { return true }
        waitingRows += wanted.examples.count
        let rows = Rows(split: wanted.split, examples: wanted.examples[...])
        if wanted.isUrgent { urgent.append(rows) } else { background.append(rows) }
        return true
    }

    /// Takes the next chunk that `window` admits.
    mutating func next(within window: CreditWindow) -> Chunk? {
        guard let bytes = nextBytes, window.admits(bytes) else { return nil }
        if let waiting = parameters {
            enqueueParameters(step: waiting.step, from: waiting.offset + bytes)
            return .parameters(step: waiting.step, offset: waiting.offset, bytes: bytes)
        }
        return takeRows(from: urgent.isEmpty ? \.background : \.urgent)
    }

    private var nextBytes: Int? {
        if let parameters { return min(sizes.chunkBytes, sizes.parameterBytes - parameters.offset) }
        guard let rows = urgent.first ?? background.first else { return nil }
        return min(sizes.rowsPerChunk, rows.examples.count) * sizes.exampleBytes
    }

    private mutating func takeRows(from lane: WritableKeyPath<Outbox, [Rows]>) -> Chunk {
        let rows = self[keyPath: lane][0]
        let examples = Array(rows.examples.prefix(sizes.rowsPerChunk))
        self[keyPath: lane][0].examples = rows.examples.dropFirst(examples.count)
        if self[keyPath: lane][0].examples.isEmpty { self[keyPath: lane].removeFirst() }
        waitingRows -= examples.count
        return .rows(rows.split, examples)
    }

    private mutating func clearRows() {
        urgent = []
        background = []
        waitingRows = 0
    }
}
