import Synchronization

/// A line about a file that takes long to read, from any thread.
final class ReadingTicker: Sendable {
    private let ticker = Mutex((begun: ContinuousClock.now, Ticker()))

    /// What is over soon is not worth a line in a log.
    private static let patience = Duration.seconds(2)

    func show(_ what: String, _ done: Int, _ all: Int) {
        ticker.withLock { state in
            guard Terminal.standardError.isInteractive || ContinuousClock.now - state.begun > Self.patience else {
                return
            }
            state.1.show("\(what): \(100 * done / max(1, all)) %")
        }
    }
}
