/// What −ln p(x) of images is estimated to be.
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

    /// - Parameter images: At least one.
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

    /// The same as a row of `metrics.jsonl` has it.
    var metrics: [Metric] {
        let nll = negativeLogLikelihood
        return [Metric("nll", nll.mean)] + (nll.standardError.map { [Metric("nll_standard_error", $0)] } ?? [])
            + [Metric("effective_sample_size", effectiveSampleSize)]
    }
}

/// Where the estimates of each image lie among the sums of an evaluation: numbers of its own, which are zero in the sums of other shards. So
/// adding keeps each as it is, and whoever adds them all has what one process would have computed.
struct EvidenceLayout: Sendable {
    /// The sums before them.
    let start: Int
    let images: Int
    let repeats: Int

    private static let valuesOfEstimate = 2

    var count: Int { images * repeats * Self.valuesOfEstimate }

    private func place(_ image: Int, _ index: Int) -> Int { start + (image * repeats + index) * Self.valuesOfEstimate }

    func write(_ estimate: EvidenceEstimate.OfImage, of image: Int, repeat index: Int, to sums: inout [Float]) {
        let place = place(image, index)
        sums[place] = Float(estimate.negativeLogLikelihood)
        sums[place + 1] = Float(estimate.effectiveSampleSize)
    }

    func estimate(_ sums: [Float], samples: Int) -> EvidenceEstimate {
        EvidenceEstimate(
            (0..<images).map { image in
                (0..<repeats).map { index in
                    let place = place(image, index)
                    return EvidenceEstimate.OfImage(
                        negativeLogLikelihood: Double(sums[place]), effectiveSampleSize: Double(sums[place + 1]))
                }
            }, samples: samples)
    }
}
