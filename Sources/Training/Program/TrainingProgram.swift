import Contract
import Hashing
import Tensors
import VAE

/// A run's mathematics, ready to be computed: the model with its graphs, the plan of the data and the rule of a step.
///
/// Two programs of one contract are the same, wherever they are made. Where to start in this target.
public struct TrainingProgram: Sendable {
    public let configuration: RunConfiguration
    public let plan: ShardPlan
    public let evaluation: EvaluationPlan
    public let model: VariationalAutoencoder
    public let layout: ModelLayout
    public let rule: StepRule

    /// - Parameter labelled: The training examples whose labels are read, ascending, where `configuration.labels` asks for some.
    /// - Throws: `ShardPlanError`, or `ConfigurationProblem` for a model or clipping that cannot be built.
    public init(
        _ configuration: RunConfiguration, trainingExamples: Int, validationExamples: Int, labelled: [UInt32]? = nil
    ) throws {
        self.configuration = configuration
        try configuration.requireUseOfLabels()
        try require(
            (labelled == nil) == (configuration.labels == nil), "labels",
            "which images are labelled is drawn from the data, and \(labelled == nil ? "here is none" : "nobody asked for it")"
        )
        plan = try Self.plan(configuration, trainingExamples, labelled)
        evaluation = EvaluationPlan(
            examples: validationExamples, shards: configuration.shards, microbatch: configuration.microbatch)
        model = try VariationalAutoencoder(configuration.model, configuration.objective)
        layout = ModelLayout(model)
        rule = try StepRule(configuration, plan: plan, layout: layout)
        try configuration.check(schedules: model.scheduled)
        try configuration.evidence?.requireEvidence(of: model)
        try configuration.evidence?.requireRoom(forImages: validationExamples)
        try require(
            configuration.earlyStopping == nil || validationExamples > 0, "early_stopping",
            "there are no held-out images to judge by: hold some out, or take the key out")
    }

    private static func plan(_ configuration: RunConfiguration, _ examples: Int, _ labelled: [UInt32]?) throws
        -> ShardPlan
    {
        do throws(ShardPlanError) {
            return try ShardPlan(
                examples: examples, shards: configuration.shards, microbatch: configuration.microbatch,
                labelled: configuration.labels.flatMap { selection in
                    labelled.map { LabelledExamples(examples: $0, perMicrobatch: selection.perMicrobatch) }
                })
        } catch {
            switch error {
            case .labelledRows: throw ConfigurationProblem(path: "labels.per_microbatch", reason: error.description)
            case .labelledExamples: throw ConfigurationProblem(path: "labels.labelled", reason: error.description)
            default: throw error
            }
        }
    }

    /// The program of a contract.
    public init(_ contract: Contract) throws {
        try self.init(
            RunConfiguration(contract), trainingExamples: contract.trainingExamples,
            validationExamples: contract.validationExamples, labelled: contract.labelledExamples?.examples)
    }

    public var tree: ReductionTree { ReductionTree(leaves: plan.shards) }

    /// What the sums of a training step look like on the wire, and which of their elements are rounded at every node.
    public var partialFormat: PartialFormat { layout.partialFormat(configuration.wire) }

    /// What the sums of an evaluation look like on the wire: whatever the run's format, floats. They are the metrics', the number of
    /// examples, and those of all latents; then, where −ln p(x) is estimated, the estimates of each image.
    public var evaluationFormat: PartialFormat {
        PartialFormat(count: measuredCount + (evidenceLayout?.count ?? 0))
    }

    /// How many sums the evaluation graph has.
    var measuredCount: Int {
        layout.metrics.count + 1 + LatentMeasure.allCases.count * configuration.model.latents.count
    }

    var evidenceLayout: EvidenceLayout? {
        configuration.evidence.map {
            EvidenceLayout(start: measuredCount, images: evaluation.examples, repeats: $0.repeats)
        }
    }

    /// The number of values of one example.
    public var pixelsPerExample: Int {
        let images = configuration.model.images
        return images.channels * images.height * images.width
    }

    /// One microbatch's part of a step, in the run's precision.
    ///
    /// - Throws: `DescriptionError` for a microbatch that cannot be normalised.
    public func trainingGraph() throws(DescriptionError) -> Graph {
        try model.trainingGraph(microbatch: plan.microbatch).rounded(to: configuration.precision)
    }

    /// The state before the first step.
    public func initialState() -> ModelState {
        initialState(
            parameters: model.initialParameters(seed: configuration.seed), statistics: model.initialStatistics())
    }

    /// The state before the first step of a run that begins with weights from elsewhere, laid out by `layout`.
    public func initialState(parameters: [Float], statistics: [Float]) -> ModelState {
        ModelState(
            layout: layout, step: 0, parameters: parameters, statistics: statistics,
            optimizer: configuration.optimizer.initialState(parameters.count),
            average: configuration.weightAverage.map { _ in
                WeightAverage(parameters: parameters, statistics: statistics)
            })
    }

    /// The number of floats of each part of what workers are sent for a step: `ModelState.broadcast`.
    public var broadcastCounts: [Int] {
        let counts = [layout.parameters.count, layout.statistics.count]
        return configuration.weightAverage == nil ? counts : counts + counts
    }

    /// Says in one sentence if examples have another shape than the model takes.
    ///
    /// - Throws: `ConfigurationProblem`.
    public func check(_ source: some ExampleSource) throws(ConfigurationProblem) {
        try check(channels: source.channels, height: source.height, width: source.width)
    }

    /// The same of images by their shape.
    public func check(channels: Int, height: Int, width: Int) throws(ConfigurationProblem) {
        let images = configuration.model.images
        let fits = channels == images.channels && height == images.height && width == images.width
        try require(
            fits, "model.images",
            "the model takes images of \(images.channels) x \(images.height) x \(images.width) (channels, height, width), "
                + "and the data has \(channels) x \(height) x \(width): --preset face and --preset digits make a "
                + "model for the data, and `tributary data import` with --size makes data for the model")
    }

    /// Makes the contract of a new run, by running the probe.
    public func contract(engine: any Engine, dataFingerprint: String) throws -> Contract {
        Contract(
            configuration: configuration.contractNode, trainingExamples: plan.examples,
            validationExamples: evaluation.examples, shards: plan.shards, microbatch: plan.microbatch,
            seed: configuration.seed, numericClass: NumericClass(engine: engine.numericClass),
            dataFingerprint: dataFingerprint, labelledExamples: plan.labelled,
            probeDigest: try probe(engine: engine).description)
    }
}
