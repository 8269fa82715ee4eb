/// What a worker did in a stretch of time, for a trace. Nothing is decided by it.
public struct WorkSpan: Sendable, Equatable {
    /// What it did.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// It had nothing to compute with: from its last sum to the next parameters.
        case waitingForParameters = 0
        /// A thread computed a leaf.
        case computing = 1
        /// It handed a node's sum to its link.
        case sending = 2
        /// It took pixels in, from the link or for a thread.
        case pixels = 3
    }

    public var kind: Kind
    /// The thread: 0 for the one that talks, from 1 for those that compute.
    public var lane: Int
    public var step: Int
    /// The leaf's shard, where it is about one.
    public var shard: Int
    /// On the worker's clock.
    public var start: Duration
    public var length: Duration

    public init(kind: Kind, lane: Int, step: Int, shard: Int, start: Duration, length: Duration) {
        self.kind = kind
        self.lane = lane
        self.step = step
        self.shard = shard
        self.start = start
        self.length = length
    }
}

/// A worker's answer to *spans wanted*: what it did since the last one, and what its clock showed when it said so.
public struct WorkSpans: Sendable, Equatable {
    /// The spans of one message at most, 91 KiB. A worker forgets what is more.
    public static let limit = 2_048

    /// What the coordinator's clock showed when it asked.
    public var asked: Duration
    /// What the worker's clock shows.
    public var answered: Duration
    public var spans: [WorkSpan]

    public init(asked: Duration, answered: Duration, spans: [WorkSpan]) {
        self.asked = asked
        self.answered = answered
        self.spans = spans
    }

    func write(to fields: inout WireFields) {
        fields.write(asked)
        fields.write(answered)
        fields.write(count: spans.count)
        for span in spans {
            fields.writer.write(span.kind.rawValue)
            fields.write(count: span.lane)
            fields.write(count: span.step)
            fields.write(count: span.shard)
            fields.write(span.start)
            fields.write(span.length)
        }
    }

    init(from fields: inout WireFields) throws(WireError) {
        asked = try fields.readDuration()
        answered = try fields.readDuration()
        let count = try fields.readCount()
        guard count <= Self.limit else { throw .invalid("number of spans") }
        spans = []
        for _ in 0..<count {
            guard let kind = WorkSpan.Kind(rawValue: try fields.reader.read(UInt8.self)) else {
                throw .invalid("kind of span")
            }
            spans.append(
                WorkSpan(
                    kind: kind, lane: try fields.readCount(), step: try fields.readCount(),
                    shard: try fields.readCount(), start: try fields.readDuration(),
                    length: try fields.readDuration()))
        }
    }
}
