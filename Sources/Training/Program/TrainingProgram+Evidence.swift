import Contract
import VAE

// Programs that judge a trained model by −ln p(x).
extension TrainingProgram {
    /// How many z are decoded at a time: what takes 64 MB between the decoder's layers, and at most 1,024.
    var rowsOfPass: Int { max(16, min(1024, (64 << 20) / (4 * model.valuesPerSample))) }

    /// What one thread holds at most to estimate −ln p(x), besides what it trains with, in bytes: of each z of a pass what lies between the
    /// decoder's layers, twice.
    public var evidenceBytes: Int {
        configuration.evidence == nil ? 0 : 2 * 4 * model.valuesPerSample * rowsOfPass
    }

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
        configuration.microbatch = max(2, min(passes.examples, 32))
        // The last batch of a part is filled up, so a part has some.
        configuration.shards = Self.mostParts
        while configuration.shards > 1, 4 * configuration.shards * passes.examples > count {
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

    /// The chosen weights of another program's state, as a state of this one: after a step at least, since one without is never evaluated.
    public func stateToJudge(_ state: ModelState, _ weights: Weights) -> ModelState {
        let (parameters, statistics) = state.values(weights)
        var chosen = initialState(parameters: parameters, statistics: statistics)
        chosen.step = max(1, state.step)
        return chosen
    }

    /// Enough parts for many workers, and for one to show how far it is.
    private static let mostParts = 1024
}
