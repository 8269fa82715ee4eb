/// How much one peer, or the owner of one key, has said lately, and how much of it made no sense.
///
/// Honest workers stay far below both limits: they send a message for each chunk and four heartbeats a second, and nothing
/// that makes no sense. Whoever exceeds one is expelled, so that nobody keeps the coordinator from the others.
struct Account: Sendable {
    /// What a message is worth, as offences go.
    enum Offence: Double, Sendable {
        case none = 0
        /// Bytes that are no message, or a request for what cannot be.
        case malformed = 1
        /// A piece of a partial that nobody waits for. After a lease moved, an honest worker may send a whole partial of them.
        case stray = 0.002
    }

    private var messages = LeakyBucket(capacity: 400_000, perSecond: 200_000)
    private var offences: LeakyBucket

    init(forgiven: Double) {
        offences = LeakyBucket(capacity: forgiven, perSecond: 1)
    }

    /// Counts a message, and answers why its sender has to go, if it has to.
    mutating func count(_ offence: Offence, at now: Duration) -> String? {
        if !messages.add(1, at: now) { return "it sent more than \(Int(messages.capacity)) messages too fast" }
        if !offences.add(offence.rawValue, at: now) { return "too much of what it sent made no sense" }
        return nil
    }
}

/// Something that fills with every event and empties with time.
struct LeakyBucket: Sendable {
    let capacity: Double
    let perSecond: Double
    private var level = 0.0
    private var updated = Duration.zero

    init(capacity: Double, perSecond: Double) {
        self.capacity = capacity
        self.perSecond = perSecond
    }

    /// Adds so much; answers false where it overflows.
    mutating func add(_ amount: Double, at now: Duration) -> Bool {
        level = max(0, level - (now - updated).inSeconds * perSecond) + amount
        updated = now
        return level <= capacity
    }
}
