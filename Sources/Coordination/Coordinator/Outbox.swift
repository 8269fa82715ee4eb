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

    /// The examples that may wait.
    private static let rowLimit = 1 << 22

    private let sizes: BulkSizes
    private var parameters: Parameters?
    private var urgent: [Rows] = []
    private var copies: [Rows] = []
    /// The examples in both lines.
    private var queued: [PixelSplit: Set<UInt32>] = [:]

    init(sizes: BulkSizes) {
        self.sizes = sizes
    }

    private var waitingRows: Int { queued.values.reduce(0) { $0 + $1.count } }

    /// Puts the parameters of `step` in line.
    mutating func enqueueParameters(step: Int) {
        parameters = sizes.parameterBytes > 0 ? Parameters(step: step, offset: 0) : nil
    }

    /// No parameters are of use any more.
    mutating func dropParameters() {
        parameters = nil
    }

    /// Puts pixels in line, none twice; answers false where too many wait already.
    mutating func enqueue(_ wanted: WorkerMessage.RowsWanted) -> Bool {
        let isNew = { [queued] example in queued[wanted.split]?.contains(example) != true }
        switch wanted.purpose {
        case .copy:
            return append(wanted.examples.filter(isNew), of: wanted.split, to: \.copies)
        case .microbatch:
            let copies = takeCopies(of: wanted)
            return append(wanted.examples.filter { copies.contains($0) || isNew($0) }, of: wanted.split, to: \.urgent)
        case .hurry:
            let copies = takeCopies(of: wanted)
            return append(wanted.examples.filter(copies.contains), of: wanted.split, to: \.urgent)
        }
    }

    private mutating func append(
        _ examples: [UInt32], of split: PixelSplit, to lane: WritableKeyPath<Outbox, [Rows]>
    ) -> Bool {
        guard waitingRows + examples.count <= Self.rowLimit else { return false }
        queued[split, default: []].formUnion(examples)
        if !examples.isEmpty { self[keyPath: lane].append(Rows(split: split, examples: examples[...])) }
        return true
    }

    /// Takes those of the wanted examples that wait as copies out of their line.
    private mutating func takeCopies(of wanted: WorkerMessage.RowsWanted) -> Set<UInt32> {
        let hurried = Set(wanted.examples)
        var found: Set<UInt32> = []
        for index in copies.indices where copies[index].split == wanted.split {
            let examples = copies[index].examples
            let own = examples.filter(hurried.contains)
            if own.isEmpty { continue }
            found.formUnion(own)
            copies[index].examples = examples.filter { !hurried.contains($0) }[...]
        }
        copies.removeAll(where: \.examples.isEmpty)
        queued[wanted.split]?.subtract(found)
        return found
    }

    /// Takes the next chunk that `window` admits.
    mutating func next(within window: CreditWindow) -> Chunk? {
        if let waiting = parameters {
            let bytes = min(sizes.chunkBytes, sizes.parameterBytes - waiting.offset)
            guard window.admits(bytes) else { return nil }
            let end = waiting.offset + bytes
            parameters = end < sizes.parameterBytes ? Parameters(step: waiting.step, offset: end) : nil
            return .parameters(step: waiting.step, offset: waiting.offset, bytes: bytes)
        }
        if let rows = urgent.first { return window.admits(bytes(ofNext: rows)) ? takeRows(from: \.urgent) : nil }
        if let rows = copies.first { return window.admitsCopy(bytes(ofNext: rows)) ? takeRows(from: \.copies) : nil }
        return nil
    }

    private func bytes(ofNext rows: Rows) -> Int {
        min(sizes.rowsPerChunk, rows.examples.count) * sizes.exampleBytes
    }

    private mutating func takeRows(from lane: WritableKeyPath<Outbox, [Rows]>) -> Chunk {
        let rows = self[keyPath: lane][0]
        let examples = Array(rows.examples.prefix(sizes.rowsPerChunk))
        self[keyPath: lane][0].examples = rows.examples.dropFirst(examples.count)
        if self[keyPath: lane][0].examples.isEmpty { self[keyPath: lane].removeFirst() }
        queued[rows.split]?.subtract(examples)
        return .rows(rows.split, examples)
    }
}
