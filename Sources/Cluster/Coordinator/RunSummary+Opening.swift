import Contract
import Coordination
import Tensors
import Training

extension RunSummary {
    init(_ opening: RunOpening, _ run: RunState, address: String) {
        let plan = run.program.plan
        self.init(
            run: run.run.description, step: run.model.step, totalSteps: run.totalSteps,
            totalEpochs: plan.epoch(ofStep: max(0, run.totalSteps - 1)),
            parameters: run.program.layout.parameters.count, trainingExamples: plan.examples,
            validationExamples: run.program.evaluation.examples, shards: plan.shards, microbatch: plan.microbatch,
            address: address, checkpoint: opening.checkpointPath, skipped: opening.skipped)
    }
}
