import ArgumentParser
import Cluster
import ConfigurationFiles
import Files
import OneDNN
import Training
import Tributary
import VAE

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges a trained model by held-out images.",
        discussion: """
            Always: the negative ELBO in nats an image, how many latents are active, and how near reconstructions come. \
            --nll estimates -ln p(x) from many samples for each image, and --refine says how much the encoder loses.

            Examples:
              tributary evaluate --checkpoint runs/faces --data faces.h5 --json
              tributary evaluate --checkpoint runs/mnist --data mnist.h5 \\
                --nll importance --samples 5000

            The same on other machines: this one waits for workers, which come as to a training run.
              tributary evaluate --checkpoint runs/mnist --data mnist.h5 \\
                --nll importance --listen tcp://0.0.0.0:7077 --keys keys
              tributary worker --connect tcp://127.0.0.1:7077 --keys keys/workers/local

            Results depend neither on the threads nor on the workers, nor on the order in which images are computed.
            """)

    @Option(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var checkpoint: String
    @Option(help: "The image file.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to evaluate (default: valid, or test where there is none).") var split: String?
    @Option(
        help:
            "Estimate -ln p(x) from samples of the posterior (importance), or of the prior (prior), which shows why nobody does so."
    )
    var nll: EvidenceProposal?
    @Option(help: "Samples of each image for --nll (default: 5000).") var samples: Int?
    @Option(help: "Estimates of each image for --nll, each from samples of its own (default: 1).") var repeats: Int?
    @Option(help: "Refine each image's posterior by so many gradient steps, and say what that gains.") var refine: Int?
    @Option(help: "Batches computed side by side (default: one per core).") var threads: Int?
    @Option(help: "Let workers that connect to tcp://ADDRESS:PORT or ipc://PATH compute what --nll asks for.")
    var listen: String?
    @OptionGroup var security: SecurityOptions
    @OptionGroup var chosen: WeightsOption
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if nll == nil, samples != nil || repeats != nil {
            throw ValidationError("--\(samples == nil ? "repeats" : "samples") is for --nll: add --nll importance")
        }
        if nll == nil, listen != nil {
            throw ValidationError("--listen is for --nll, which takes long: add --nll importance")
        }
        if listen == nil, security.keys != nil || security.insecure {
            throw ValidationError("--\(security.insecure ? "insecure" : "keys") is for --listen: add --listen ADDRESS")
        }
        let most = EvidenceSettings.mostSamples
        let (samples, repeats) = (samples ?? 5000, repeats ?? 1)
        guard (1...most).contains(samples) else {
            throw ValidationError("--samples is from 1 to \(most), not \(samples)")
        }
        guard (1...most / samples).contains(repeats) else {
            throw ValidationError(
                "--repeats is from 1 to \(most / samples), not \(repeats): all samples of an image are at most \(most)")
        }
        if let refine, !(1...PosteriorRefinement.mostSteps).contains(refine) {
            throw ValidationError("--refine is from 1 to \(PosteriorRefinement.mostSteps), not \(refine)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is from 1 to 1024, not \(threads)")
        }
    }

    private var evidence: EvidenceSettings? {
        nll.map { EvidenceSettings($0, samples: samples ?? 5000, repeats: repeats ?? 1) }
    }

    func run() throws {
        let security = try security.coordinator()
        let checkpoint = try CheckpointCommand.read(checkpoint)
        let program = try TrainingProgram(checkpoint.contract).withoutEvidence()
        try check(program.model)
        let source = try DatasetSource(data, reading.added(to: program.configuration.data), judging: split)
        try program.check(source)
        let part: Training.Split = source.count(.valid) > 0 ? .valid : .train
        guard source.count(part) > 0 else { throw UsageProblem("\(data) has no images to evaluate") }
        let weights = try chosen.weights(of: checkpoint)
        let engine = try OneDNNEngine(precision: program.configuration.precision)
        let images = JudgedImages(
            program, checkpoint.state, weights, engine: engine, source: source, split: part,
            threads: threads ?? Machine.cores)
        let evaluator = try Evaluator(program, engine: engine, source: source, split: part)
        // Workers may be waiting, so they come first.
        let found = try evidence.flatMap { evidence in
            listen == nil
                ? try estimate(
                    evidence, source, part, program, checkpoint.state, weights, engine, threads: images.threads)
                : try served(
                    ServedEvidence(program, evidence, of: source, in: part, engine: engine), images.count,
                    checkpoint.state, weights, security)
        }
        var result = try judge(images, evaluator, checkpoint.state, weights, split: source.heldOut ?? "train")
        result.evidence = found
        try output(json ? jsonText(result) : result.description)
    }

    /// Refuses what the model cannot be asked, before anything is read or computed.
    private func check(_ model: VariationalAutoencoder) throws {
        if let nll { _ = try model.evidenceGraph(examples: 1, samples: 1, nll) }
        if refine != nil { _ = try model.refinementGraph(examples: 1, samples: 1) }
    }

    /// What takes longest comes last.
    private func judge(
        _ images: JudgedImages, _ evaluator: Evaluator, _ state: ModelState, _ weights: Weights, split: String
    ) throws -> EvaluationResult {
        let metrics = try ImageTicker.watch("evaluating", images.count) {
            try evaluator.evaluate(state, weights, threads: images.threads, progress: $0)
        }
        guard let metrics else { preconditionFailure("there are images, but no metrics of them") }
        // A model that has not begun to learn uses none of its latents yet.
        if state.step > 0, let collapse = metrics.latents.collapse {
            Terminal.standardError.line("warning: \(collapse)")
        }
        var result = EvaluationResult(
            images.program.model, metrics, step: state.step, split: split, examples: images.count)
        result.quality = try ImageTicker.watch("reconstructing", images.count) {
            try ReconstructionQuality(images, progress: $0)
        }
        if let refine {
            result.refinement = try ImageTicker.watch("refining posteriors", images.count) { progress in
                Refinement(
                    steps: refine, images: try PosteriorRefinement(images, steps: refine).refine(progress: progress))
            }
        }
        return result
    }

    /// −ln p(x), on this process's threads.
    private func estimate(
        _ evidence: EvidenceSettings, _ source: DatasetSource, _ split: Training.Split, _ program: TrainingProgram,
        _ state: ModelState, _ weights: Weights, _ engine: OneDNNEngine, threads: Int
    ) throws -> EvidenceEstimate? {
        let count = source.count(split)
        let evaluator = try Evaluator(
            program.estimating(evidence, ofImages: count), engine: engine, source: source, split: split)
        return try ImageTicker.watch("estimating -ln p(x)", count) {
            try evaluator.evaluate(state, weights, threads: threads, progress: $0)
        }?.evidence
    }

    /// −ln p(x), on workers.
    private func served(
        _ evidence: ServedEvidence, _ count: Int, _ state: ModelState, _ weights: Weights,
        _ security: LinkSecurity<CoordinatorKeys>
    ) throws -> EvidenceEstimate {
        let found = try ImageTicker.watch("estimating -ln p(x)", count) {
            try evidence.estimate(
                state, weights, listen: listen ?? "", security, reporter: EvaluationReporter(progress: $0),
                log: TerminalLog.logger("coordinator"))
        }
        guard let found else { throw ExitCode(interruptedBy: Interruption.signals.reason ?? "") }
        return found
    }
}

extension EvidenceProposal: ExpressibleByArgument {}

/// What refining all posteriors gave.
struct Refinement {
    let steps: Int
    /// −ELBO in nats.
    let before: Double
    let after: Double

    init(steps: Int, images: [PosteriorRefinement.OfImage]) {
        self.steps = steps
        before = SampleStatistics(images.map(\.before)).mean
        after = SampleStatistics(images.map(\.after)).mean
    }
}
