import Synchronization

/// A line about work on many images that takes long, from any thread: how many are done, how fast, and how long is left.
final class ImageTicker: Sendable {
    private let what: String
    private let count: Int
    private let begun = ContinuousClock.now
    private let ticker = Mutex(Ticker())

    /// What is over soon is not worth a line.
    private static let patience = 2.0

    private init(_ what: String, _ count: Int) {
        self.what = what
        self.count = count
    }

    /// Does the work, which says how many images are done.
    static func watch<Value>(
        _ what: String, _ count: Int, _ work: (_ progress: @escaping @Sendable (Int) -> Void) throws -> Value
    ) throws -> Value {
        let ticker = ImageTicker(what, count)
        defer { Terminal.standardError.status("") }
        return try work { ticker.show($0) }
    }

    private func show(_ done: Int) {
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        guard seconds > Self.patience, done > 0 else { return }
        let rate = Double(done) / seconds
        let left = clock(Double(count - done) / rate)
        ticker.withLock {
            $0.show("\(what): \(done) of \(count) images, \(decimal(rate)) images/s, \(left) left")
        }
    }
}
