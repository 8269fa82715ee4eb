import Contract
import Training
import VAE

extension Explorer {
    /// What a page shows of the model.
    func description() -> ModelSummary {
        let images = images
        return ModelSummary(
            run: run.name, channels: images.channels, height: images.height, width: images.width,
            latents: survey.centre.count, classes: classCount,
            step: firstStep,
            examples: run.examples?.count ?? 0, examplesAreHeldOut: run.examples?.split == .valid, survey: survey)
    }

    struct ModelSummary: Encodable {
        let run: String
        let channels: Int
        let height: Int
        let width: Int
        let latents: Int
        /// Classes that the decoder takes besides latents.
        let classes: Int
        /// The step of the checkpoint that the page begins with.
        let step: Int
        let examples: Int
        /// Whether the model was not trained on them.
        let examplesAreHeldOut: Bool
        let survey: Survey
    }

    /// What may have changed since: checkpoints and curves.
    func progress() -> Progress {
        let steps = Set((try? run.steps()) ?? []).union([firstStep]).sorted()
        return Progress(
            checkpoints: steps.map { Progress.Mark(step: $0, epoch: epoch(afterSteps: $0)) }, curves: readCurves(),
            activity: run.activity?())
    }

    struct Progress: Encodable {
        struct Mark: Encodable {
            let step: Int
            let epoch: Int
        }

        let checkpoints: [Mark]
        let curves: Curves.Summary?
        let activity: RunActivity?
    }

    /// The epoch that the last of some steps lies in, from 1; 0 before the first.
    private func epoch(afterSteps steps: Int) -> Int {
        steps == 0 ? 0 : model.program.plan.epoch(ofStep: steps - 1)
    }
}
