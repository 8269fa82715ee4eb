/// Lines of one kind that may come faster than anybody reads: about one a second is shown, and the last one always.
struct SparseLine {
    private var shown: ContinuousClock.Instant?
    private var held: String?

    private static let pause = Duration.seconds(1)

    /// Takes the place of a line that is held back, if there is one.
    mutating func hold(_ line: String) { held = line }

    /// The newest line, once, where its time has come.
    mutating func takeDue(at now: ContinuousClock.Instant) -> String? {
        if let shown, now - shown < Self.pause { return nil }
        return takeLast(at: now)
    }

    /// The newest line, once, where it was not shown.
    mutating func takeLast(at now: ContinuousClock.Instant) -> String? {
        guard let line = held.take() else { return nil }
        shown = now
        return line
    }
}
