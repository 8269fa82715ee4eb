/// Lines of one kind that may come faster than anybody reads: about one a second is shown, and the last one always.
struct SparseLine {
    /// A line with what a program wants to know of it.
    struct Held: Equatable {
        let line: String
        var fields: [String: LogRecord.Value] = [:]
    }

    private var shown: ContinuousClock.Instant?
    private var held: Held?

    private static let pause = Duration.seconds(1)

    /// Takes the place of a line that is held back, if there is one.
    mutating func hold(_ line: Held) { held = line }

    /// The newest line, once, where its time has come.
    mutating func takeDue(at now: ContinuousClock.Instant) -> Held? {
        if let shown, now - shown < Self.pause { return nil }
        return takeLast(at: now)
    }

    /// The newest line, once, where it was not shown.
    mutating func takeLast(at now: ContinuousClock.Instant) -> Held? {
        guard let line = held.take() else { return nil }
        shown = now
        return line
    }
}
