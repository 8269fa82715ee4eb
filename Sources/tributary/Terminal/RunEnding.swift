import Contract
import Training

/// How far a run is that no process holds, by its newest checkpoint and the steps of its configuration.
struct RunEnding: CustomStringConvertible {
    private let step: Int
    private let steps: Int
    /// The rule by which the run is over before all its steps are done, if it is.
    private let earlyStopping: EarlyStopping?

    /// Nil where no checkpoint can be read.
    init?(of view: RunView, _ configuration: RunConfiguration) {
        let store = CheckpointStore(directory: view.paths.checkpoints, check: ForeignFile.checkpoint.requireSafe)
        guard let newest = (try? store.newest())?.checkpoint else { return nil }
        let contract = newest.contract
        let plan = try? ShardPlan(
            examples: contract.trainingExamples, shards: contract.shards, microbatch: contract.microbatch)
        guard let plan else { return nil }
        step = newest.state.step
        steps = plan.steps(epochs: configuration.epochs)
        earlyStopping = configuration.earlyStopping.flatMap { [step, steps] rule in
            step < steps && rule.ends(newest.history) ? rule : nil
        }
    }

    var isFinished: Bool { step >= steps || earlyStopping != nil }

    var description: String {
        if let earlyStopping { return "finished: it stopped after step \(step), since \(earlyStopping.reason)" }
        if step > steps { return "finished: it has \(step) steps, more than the \(steps) of its configuration" }
        if isFinished { return "finished: it has all \(steps) steps of its configuration" }
        return "no process holds it; its newest checkpoint has \(step) of the \(steps) steps of its configuration: "
            + "go on with --resume"
    }
}
