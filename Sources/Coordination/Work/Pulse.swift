/// How regularly another is heard: its silence is a bad sign soon where it hardly ever pauses, and late where it often does.
struct Pulse: Sendable, Equatable {
    /// When it was heard last.
    private(set) var heard: Duration
    /// The longest pause lately. It fades.
    private var longestPause: Duration

    /// Silence that is this many times as long as any pause lately is a bad sign.
    private static let patience = 3
    /// Of the limit after which it would be gone, the share after which silence is a bad sign in any case.
    private static let mostOfSilence = 0.4
    /// After about so long a pause is forgotten.
    private static let memory = Duration.seconds(10)

    /// Nobody knows yet how often it pauses, so it is given all the time there is.
    init(at now: Duration, _ timing: Timing) {
        heard = now
        longestPause = timing.silence
    }

    mutating func hear(at now: Duration) {
        let pause = now - heard
        heard = now
        longestPause = max(pause, longestPause - longestPause * min(1, pause / Self.memory))
    }

    /// Whether it has been silent for so long that work goes on better without it.
    func isWorrying(at now: Duration, _ timing: Timing) -> Bool {
        let limit = min(
            max(longestPause * Self.patience, timing.shortestDeadline), timing.silence * Self.mostOfSilence)
        return now - heard > limit
    }
}
