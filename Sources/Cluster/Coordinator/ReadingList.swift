import Coordination

/// Which examples are to be read for which worker, the oldest request first.
///
/// A worker asks again for what does not come, however long reading takes; what is on the list for it is not put there twice.
struct ReadingList {
    /// Examples of one message.
    struct Request: Sendable, Equatable {
        let split: PixelSplit
        let examples: [UInt32]
        let peer: Peer
        /// Of the coordinator that was asked: a later one owes nothing.
        let epoch: UInt64
    }

    /// The reader has the next request when it is done with one.
    private static let atOnce = 2

    private var waiting: ArraySlice<Request> = []
    private var underWay: [Request] = []
    /// The examples of both.
    private var expected: [Peer: [PixelSplit: Set<UInt32>]] = [:]
    /// Since when the reader has worked on one request.
    private var begun: Duration = .zero
    private var nextComplaint: Duration = .zero

    /// Puts examples on the list, but for those that are on it for this worker.
    mutating func add(_ request: Request) {
        var known = expected[request.peer]?.removeValue(forKey: request.split) ?? []
        let examples = request.examples.filter { known.insert($0).inserted }
        expected[request.peer, default: [:]][request.split] = known
        guard !examples.isEmpty else { return }
        waiting.append(
            Request(split: request.split, examples: examples, peer: request.peer, epoch: request.epoch))
    }

    /// What the reader should have now, if anything. Who is gone needs nothing.
    mutating func next(at now: Duration, for isHere: (Peer) -> Bool) -> Request? {
        guard underWay.count < Self.atOnce else { return nil }
        while let request = waiting.popFirst() {
            guard isHere(request.peer) else {
                crossOff(request)
                continue
            }
            if underWay.isEmpty { begin(at: now) }
            underWay.append(request)
            return request
        }
        return nil
    }

    /// Crosses off what was read; the reader takes requests in their order.
    mutating func finish(at now: Duration) {
        crossOff(underWay.removeFirst())
        begin(at: now)
    }

    /// Forgets all but what is being read.
    mutating func clear() {
        waiting = []
        expected = [:]
    }

    private mutating func crossOff(_ request: Request) {
        expected[request.peer]?[request.split]?.subtract(request.examples)
        if expected[request.peer]?.values.allSatisfy(\.isEmpty) == true { expected[request.peer] = nil }
    }

    /// How long the reader has worked on one request, where that is `limit`, or as long again as when it was last said.
    mutating func delay(at now: Duration, limit: Duration) -> Duration? {
        guard !underWay.isEmpty, now - begun >= limit, now >= nextComplaint else { return nil }
        nextComplaint = now + (now - begun)
        return now - begun
    }

    private mutating func begin(at now: Duration) {
        (begun, nextComplaint) = (now, now)
    }
}
