/// Time since the process began to count it; what the state machines call `now`.
struct MonotonicClock: Sendable {
    private let start = ContinuousClock.now

    var now: Duration { ContinuousClock.now - start }
}
