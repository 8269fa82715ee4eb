import VAE

/// Estimates −ln p(x) of images, each from many samples of z, a bounded number at a time: memory does not grow with them.
public struct EvidenceEstimator: Sendable {
    private let images: JudgedImages
    private let proposal: EvidenceProposal
    private let samples: Int
    private let repeats: Int
    private let passes: EvidencePasses

    /// The number of a sample has 16 bits.
    public static let mostSamples = 1 << 16

    /// - Parameters:
    ///   - samples: K, those of one estimate.
    ///   - repeats: How many estimates are made of each image, each from samples of its own; together at most `mostSamples` samples.
    public init(_ images: JudgedImages, _ proposal: EvidenceProposal, samples: Int, repeats: Int = 1) {
        precondition(
            samples > 0 && repeats > 0 && samples * repeats <= Self.mostSamples, "\(samples) samples, \(repeats) times")
        self.images = images
        self.proposal = proposal
        self.samples = samples
        self.repeats = repeats
        passes = EvidencePasses(samples: samples, rows: images.program.rowsOfPass)
    }

    /// - Parameter progress: Is told how many images are done.
    /// - Throws: `DescriptionError` where the model gives images no likelihood; what the images' source throws.
    public func estimate(progress: @Sendable (Int) -> Void = { _ in }) throws -> EvidenceEstimate {
        let (program, passes) = (images.program, passes)
        let preparation = program.model.preparationGraph(count: passes.examples)
        let graph = try program.model.evidenceGraph(examples: passes.examples, samples: passes.samples, proposal)
        let found = try images.map(
            inBatchesOf: passes.examples,
            bench: {
                EvidenceBench(preparation: try images.compiled(preparation), evidence: try images.compiled(graph))
            }, progress: progress
        ) { bench, batch in
            bench.prepare(batch)
            let estimates = (0..<repeats).map { index in
                bench.estimate(batch, passes, samples: index * samples..<(index + 1) * samples)
            }
            return (0..<batch.count).map { row in estimates.map { $0[row] } }
        }
        return EvidenceEstimate(found, samples: samples)
    }
}

/// How the samples of one estimate are cut into passes.
struct EvidencePasses: Sendable {
    /// The images of a batch.
    let examples: Int
    /// The samples of each image in a pass.
    let samples: Int
    let count: Int

    /// As many samples as make matrix products large.
    private static let most = 128

    /// - Parameter rows: How many samples of all images may be in a pass.
    init(samples: Int, rows: Int) {
        let most = min(Self.most, rows)
        count = (samples + most - 1) / most
        self.samples = (samples + count - 1) / count
        examples = max(1, rows / self.samples)
    }
}

extension TrainingProgram {
    /// How many z are decoded at a time: what takes 64 MB between the decoder's layers, and at most 1,024.
    var rowsOfPass: Int { max(16, min(1024, (64 << 20) / (4 * model.valuesPerSample))) }
}

/// What one thread estimates with.
private struct EvidenceBench {
    let preparation: CompiledGraph
    let evidence: CompiledGraph

    /// Takes in the images as the model sees them.
    func prepare(_ batch: JudgedImages.Batch) {
        preparation[input: VariationalAutoencoder.pixels] = batch.pixels
        preparation.run(examples: batch.examples)
        evidence[input: VariationalAutoencoder.pixels] = preparation[output: VariationalAutoencoder.pixels]
    }

    /// An estimate for each image of the batch, from samples of the given numbers.
    func estimate(
        _ batch: JudgedImages.Batch, _ passes: EvidencePasses, samples: Range<Int>
    ) -> [EvidenceEstimate.OfImage] {
        typealias Names = VariationalAutoencoder.Evidence
        for (name, value) in zip(Names.running, Names.start) {
            evidence[input: name] = Array(repeating: value, count: passes.examples)
        }
        evidence[input: Names.samples] = [Float(samples.count)]
        let examples = batch.examples.flatMap { Array(repeating: $0, count: passes.samples) }
        for pass in 0..<passes.count {
            let first = samples.lowerBound + pass * passes.samples
            let numbers = first..<first + passes.samples
            evidence[input: Names.counted] = numbers.map { $0 < samples.upperBound ? 1 : 0 }
            let ofOne = numbers.map { UInt16(truncatingIfNeeded: $0) }
            evidence.run(examples: examples, samples: batch.examples.flatMap { _ in ofOne })
            for name in Names.running { evidence[input: name] = evidence[output: name] }
        }
        return zip(evidence[output: Names.negativeLogLikelihood], evidence[output: Names.effectiveSampleSize]).map {
            EvidenceEstimate.OfImage(negativeLogLikelihood: Double($0), effectiveSampleSize: Double($1))
        }
    }
}

/// What `EvidenceEstimator` found.
public struct EvidenceEstimate: Hashable, Sendable {
    /// One estimate of one image.
    public struct OfImage: Hashable, Sendable {
        /// −ln (1/K Σ w), in nats.
        public let negativeLogLikelihood: Double
        /// (Σ w)² / Σ w²
        public let effectiveSampleSize: Double
    }

    /// A row for each image, with an element for each repeat.
    public let images: [[OfImage]]
    /// K
    public let samples: Int

    init(_ images: [[OfImage]], samples: Int) {
        self.images = images
        self.samples = samples
    }

    public var repeats: Int { images[0].count }

    /// The mean over images of each one's mean over repeats, and its error for other images like these.
    public var negativeLogLikelihood: SampleStatistics {
        SampleStatistics(
            images.map { repeats in
                repeats.reduce(0) { $0 + $1.negativeLogLikelihood } / Double(repeats.count)
            })
    }

    /// The mean over repeats of each one's mean over images, and its error for other samples of z.
    public var negativeLogLikelihoodOfRepeats: SampleStatistics {
        SampleStatistics(
            (0..<repeats).map { index in
                images.reduce(0) { $0 + $1[index].negativeLogLikelihood } / Double(images.count)
            })
    }

    /// The mean over images and repeats.
    public var effectiveSampleSize: Double {
        let all = images.flatMap { $0.map(\.effectiveSampleSize) }
        return all.reduce(0, +) / Double(all.count)
    }
}
