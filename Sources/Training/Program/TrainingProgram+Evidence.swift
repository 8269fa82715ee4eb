import Contract
import VAE

// Programs that judge a trained model by −ln p(x).
extension TrainingProgram {
    /// How many z are decoded at a time: what takes 64 MB between the decoder's layers, and at most 1,024.
    var rowsOfPass: Int { max(16, min(1024, (64 << 20) / (4 * model.valuesPerSample))) }

    /// The program that estimates −ln p(x) of so many images, with this one's model and its seed.
    ///
    /// A shard is a part of the work here, not of the mathematics: what is found of an image depends on its number and on the samples alone.
    /// - Throws: `ConfigurationProblem` where the model gives images no likelihood.
    public func estimating(_ evidence: EvidenceSettings, ofImages count: Int) throws -> TrainingProgram {
        let passes = EvidencePasses(samples: evidence.samples, rows: rowsOfPass)
        var configuration = configuration
        configuration.evidence = evidence
        (configuration.labels, configuration.weightAverage, configuration.earlyStopping) = (nil, nil, nil)
        // Of one image alone not every network can be normalised, which a probe does.
        configuration.microbatch = max(2, passes.examples)
        configuration.shards = Self.mostParts
        while configuration.shards > 1, configuration.shards * configuration.microbatch > count {
            configuration.shards /= 2
        }
        try configuration.validate()
        return try TrainingProgram(
            configuration, trainingExamples: configuration.shards * configuration.microbatch,
            validationExamples: count)
    }

    /// The same, whose evaluations estimate no −ln p(x).
    public func withoutEvidence() throws -> TrainingProgram {
        guard configuration.evidence != nil else { return self }
        var configuration = configuration
        configuration.evidence = nil
        return try TrainingProgram(
            configuration, trainingExamples: plan.examples, validationExamples: evaluation.examples,
            labelled: plan.labelled?.examples)
    }

    /// The chosen weights of another program's state, as a state of this one after a step: one without is never evaluated.
    public func stateToJudge(_ state: ModelState, _ weights: Weights) -> ModelState {
        let (parameters, statistics) = state.values(weights)
        var chosen = initialState(parameters: parameters, statistics: statistics)
        chosen.step = 1
        return chosen
    }

    /// Enough parts for many workers, and for one to show how far it is.
    private static let mostParts = 256
}
