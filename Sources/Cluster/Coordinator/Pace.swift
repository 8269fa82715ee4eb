import Coordination

/// How many images a second the cluster computes, all included: from the first lease to the first sum, then from one sum to the next. The time
/// in which no worker was there does not count.
struct Pace {
    private let imagesPerStep: Int
    private let examples: Int
    private var began: Duration?

    init(imagesPerStep: Int, examples: Int) {
        self.imagesPerStep = imagesPerStep
        self.examples = examples
    }

    /// Somebody has work. Before that nobody was slow.
    mutating func begin(at now: Duration) {
        if began == nil { began = now }
    }

    /// Nobody has work, until the next lease.
    mutating func pause() { began = nil }

    /// The speed of the round whose sum is here; the next one has begun.
    mutating func finish(_ kind: Round.Kind, at now: Duration) -> Double {
        defer { began = now }
        let seconds = (now - (began ?? now)).inSeconds
        return Double(kind == .training ? imagesPerStep : examples) / max(seconds, 1e-9)
    }
}
