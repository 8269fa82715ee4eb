import Coordination

/// How many images a second the cluster computes, all included: from one round's sum to the next one's.
struct Pace {
    private let imagesPerStep: Int
    private let examples: Int
    private var began: Duration

    init(imagesPerStep: Int, examples: Int, at now: Duration) {
        self.imagesPerStep = imagesPerStep
        self.examples = examples
        began = now
    }

    /// The speed of the round whose sum is here; the next one has begun.
    mutating func finish(_ kind: Round.Kind, at now: Duration) -> Double {
        defer { began = now }
        let seconds = (now - began).inSeconds
        return Double(kind == .training ? imagesPerStep : examples) / max(seconds, 1e-9)
    }
}
