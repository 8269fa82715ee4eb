import Training

/// The states of some checkpoints, so that moving through the epochs reads each file once. The oldest in use goes for a new one.
struct LoadedStates {
    private let read: (Int) throws -> ModelState
    private var states: [ModelState] = []

    /// Parameters of all states together, at most.
    private static let mostParameters = 1 << 25

    init(read: @escaping (Int) throws -> ModelState) {
        self.read = read
    }

    mutating func state(ofStep step: Int) throws -> ModelState {
        guard let index = states.firstIndex(where: { $0.step == step }) else {
            let state = try read(step)
            add(state)
            return state
        }
        states.append(states.remove(at: index))
        return states[states.count - 1]
    }

    mutating func add(_ state: ModelState) {
        let most = max(1, Self.mostParameters / max(1, state.parameters.count))
        states = states.suffix(most - 1) + [state]
    }
}
