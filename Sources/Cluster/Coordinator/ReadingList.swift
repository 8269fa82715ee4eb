import Coordination

/// Which examples are to be read for which worker, the oldest request first.
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
    /// How many requests of each worker both have.
    private var counts: [Peer: Int] = [:]
    /// Since when the reader has worked on one request.
    private var begun: Duration = .zero
    private var nextComplaint: Duration = .zero

    /// Workers that wait for what is read.
    var peers: some Collection<Peer> { counts.keys }

    mutating func add(_ request: Request) {
        waiting.append(request)
        counts[request.peer, default: 0] += 1
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
        counts = [:]
        for request in underWay { counts[request.peer, default: 0] += 1 }
    }

    private mutating func crossOff(_ request: Request) {
        let rest = (counts[request.peer] ?? 1) - 1
        counts[request.peer] = rest == 0 ? nil : rest
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
