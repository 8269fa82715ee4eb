import Contract

/// Everything that a run continues from: `docs/checkpoint-format.md` describes the file.
public struct Checkpoint: Sendable {
    public var contract: Contract
    /// The run's random identifier.
    public var run: String
    public var state: ModelState
    public var history: History

    public init(contract: Contract, run: String, state: ModelState, history: History) {
        self.contract = contract
        self.run = run
        self.state = state
        self.history = history
    }
}
