import Coordination

/// How many images a second the cluster computes.
struct Pace {
    private let imagesPerStep: Int
    private let examples: Int
    private var began: Duration = .zero

    init(imagesPerStep: Int, examples: Int) {
        self.imagesPerStep = imagesPerStep
        self.examples = examples
    }

    mutating func begin(at now: Duration) {
        began = now
    }

    /// The speed of the round that began last.
    func finish(_ kind: Round.Kind, at now: Duration) -> Double {
        let seconds = (now - began).inSeconds
        return Double(kind == .training ? imagesPerStep : examples) / max(seconds, 1e-9)
    }
}
