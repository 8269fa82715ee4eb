import Optimizer
import VAE

/// Refines each image's posterior by gradient steps on its own −ELBO, from what the encoder says: how much is lost because one encoder
/// serves all images (the amortisation gap).
///
/// The steps are Adam's with the usual β, and a rate that falls to 0 in a straight line; each takes new samples of z. What is measured before and
/// after has the same samples.
///
/// Source: Kim, Wiseman, Miller, Sontag, Rush, "Semi-amortized variational autoencoders", ICML 2018, algorithm 1; Cremer, Li, Duvenaud,
/// "Inference suboptimality in variational autoencoders", ICML 2018.
public struct PosteriorRefinement: Sendable {
    private let images: JudgedImages
    private let steps: Int

    /// Where the rate of the steps begins, in units of the mean and of the logarithm of the variance.
    private static let learningRate = 0.05
    /// How many samples of z a step has.
    static let samplesOfStep = 8
    /// How many samples measure an image, before and after.
    static let measuredSamples = 256
    /// The number of a sample has 16 bits, and each step has numbers of its own.
    public static let mostSteps = (EvidenceSettings.mostSamples - measuredSamples) / samplesOfStep

    public init(_ images: JudgedImages, steps: Int) {
        precondition((1...Self.mostSteps).contains(steps), "\(steps) steps, not 1 to \(Self.mostSteps)")
        self.images = images
        self.steps = steps
    }

    /// −ELBO of an image, in nats.
    public struct OfImage: Hashable, Sendable {
        /// With the encoder's posterior.
        public let before: Double
        /// With the refined one.
        public let after: Double
    }

    /// - Parameter progress: Is told how many images are done.
    /// - Throws: `DescriptionError` for latents that are not normal; what the images' source throws.
    public func refine(progress: @Sendable (Int) -> Void = { _ in }) throws -> [OfImage] {
        let (model, size) = (images.program.model, max(1, images.program.rowsOfPass / Self.samplesOfStep))
        let start = model.preparationGraph(count: size)
        let graph = try model.refinementGraph(examples: size, samples: Self.samplesOfStep)
        return try images.map(
            inBatchesOf: size,
            bench: { RefinementBench(start: try images.compiled(start), negativeELBO: try images.compiled(graph)) },
            progress: progress
        ) { bench, batch in
            var posterior = bench.start(batch)
            let before = bench.measure(posterior, batch)
            for step in 0..<steps {
                let rate = Self.learningRate * Double(steps - step) / Double(steps)
                bench.step(step, &posterior, batch, learningRate: rate)
            }
            return zip(before, bench.measure(posterior, batch)).map { OfImage(before: $0, after: $1) }
        }
    }
}

/// The parameters of the posteriors of a batch, and Adam's moments of each: the mean's, then those of the variance's logarithm.
private struct RefinedPosterior {
    var parameters: [[Float]]
    var firstMoments: [[Float]]
    var secondMoments: [[Float]]

    init(_ parameters: [[Float]]) {
        self.parameters = parameters
        firstMoments = parameters.map { Array(repeating: 0, count: $0.count) }
        secondMoments = firstMoments
    }

    mutating func update(_ gradients: [[Float]], _ coefficients: AdamCoefficients) {
        for index in parameters.indices {
            coefficients.update(
                &parameters[index], &firstMoments[index], &secondMoments[index], gradient: gradients[index])
        }
    }
}

/// What one thread refines with.
private struct RefinementBench {
    let start: CompiledGraph
    let negativeELBO: CompiledGraph

    private typealias Names = VariationalAutoencoder.Refinement

    /// Takes in the images as the model sees them, and gives what the encoder says of them.
    func start(_ batch: JudgedImages.Batch) -> RefinedPosterior {
        start[input: VariationalAutoencoder.pixels] = batch.pixels
        start.run(examples: batch.examples)
        negativeELBO[input: VariationalAutoencoder.pixels] = start[output: VariationalAutoencoder.pixels]
        return RefinedPosterior(Names.posterior.map { start[output: $0] })
    }

    /// One step of Adam, from samples that no other step has.
    func step(_ index: Int, _ posterior: inout RefinedPosterior, _ batch: JudgedImages.Batch, learningRate: Double) {
        let count = PosteriorRefinement.samplesOfStep
        run(posterior, batch, firstSample: PosteriorRefinement.measuredSamples + index * count)
        posterior.update(
            Names.posterior.map { negativeELBO[output: "gradient/\($0)"] },
            Adam().coefficients(update: index + 1, learningRate: learningRate))
    }

    /// −ELBO of each image.
    func measure(_ posterior: RefinedPosterior, _ batch: JudgedImages.Batch) -> [Double] {
        let count = PosteriorRefinement.samplesOfStep
        let firsts = stride(from: 0, to: PosteriorRefinement.measuredSamples, by: count)
        var sums = [Double](repeating: 0, count: batch.examples.count)
        for first in firsts {
            run(posterior, batch, firstSample: first)
            for (row, value) in negativeELBO[output: Names.negativeELBO].enumerated() { sums[row] += Double(value) }
        }
        return sums.map { $0 * Double(count) / Double(PosteriorRefinement.measuredSamples) }
    }

    private func run(_ posterior: RefinedPosterior, _ batch: JudgedImages.Batch, firstSample: Int) {
        for (name, values) in zip(Names.posterior, posterior.parameters) { negativeELBO[input: name] = values }
        let count = PosteriorRefinement.samplesOfStep
        let numbers = (firstSample..<firstSample + count).map { UInt16($0) }
        negativeELBO.run(
            examples: batch.examples.flatMap { Array(repeating: $0, count: count) },
            samples: batch.examples.flatMap { _ in numbers })
    }
}
