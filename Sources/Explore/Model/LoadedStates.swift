import Training

/// The states of some checkpoints, so that moving through the epochs reads each file once. The one least in use goes for a new one; the first
/// stays, since its file may not.
struct LoadedStates {
    private let first: ModelState
    private let read: (Int) throws -> ModelState
    /// The newest in use last.
    private var others: [ModelState] = []

    /// Parameters of the others together, at most.
    private static let mostParameters = 1 << 25

    init(_ first: ModelState, read: @escaping (Int) throws -> ModelState) {
        self.first = first
        self.read = read
    }

    mutating func state(ofStep step: Int) throws -> ModelState {
        if step == first.step { return first }
        if let index = others.firstIndex(where: { $0.step == step }) {
            others.append(others.remove(at: index))
        } else {
            let most = max(1, Self.mostParameters / max(1, first.parameters.count))
            others = others.suffix(most - 1) + [try read(step)]
        }
        return others[others.count - 1]
    }
}
