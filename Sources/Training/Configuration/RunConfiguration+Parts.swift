import Contract
import VAE

extension RunConfiguration {
    /// What fits neither its network nor its objective: a choice of labels, a schedule, or a clipping group. It needs no data, so it is found while the file
    /// is at hand; `TrainingProgram` refuses the same.
    public var problemOfParts: ConfigurationProblem? {
        do {
            try requireUseOfLabels()
            let model = try VariationalAutoencoder(model, objective)
            try check(schedules: model.scheduled)
            try evidence?.requireEvidence(of: model)
            _ = try StepRule.groups(clipping, ModelLayout(model))
            return nil
        } catch {
            return error as? ConfigurationProblem ?? ConfigurationProblem(path: "model", reason: "\(error)")
        }
    }
}
