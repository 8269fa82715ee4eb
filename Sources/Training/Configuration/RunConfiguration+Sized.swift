import VAE

/// What is known of images before a network is made for them.
public struct ImageSet: Hashable, Sendable {
    public var images: ImageDescription
    /// The number of images to train on, if it is known.
    public var trainingExamples: Int?

    public init(_ images: ImageDescription, trainingExamples: Int? = nil) {
        self.images = images
        self.trainingExamples = trainingExamples
    }
}

extension RunConfiguration {
    /// The names of presets that are sized by the data.
    public static let sizedPresetNames = Subject.allCases.map(\.rawValue)

    /// A whole configuration for images of any size.
    ///
    /// Adam with a rate of 10⁻³ and steps of 8 shards × 16 images, as in `face-64`; fewer where images are larger than 128 × 128,
    /// since each thread keeps a microbatch of them in memory, or where an epoch would have fewer than five steps.
    /// - Throws: `DescriptionError` for images that no network is made for.
    public init(_ subject: Subject, for set: ImageSet) throws(DescriptionError) {
        let network = try SizedNetwork(subject, for: set.images)
        self.init(
            model: network.model, objective: network.objective, learningRate: LearningRateSchedule(base: 1e-3),
            shards: Self.sizedShards, microbatch: Self.microbatch(for: set), epochs: subject == .face ? 50 : 30)
    }

    private static let sizedShards = 8

    private static func microbatch(for set: ImageSet) -> Int {
        var microbatch = 16
        let pixels = set.images.height * set.images.width
        while microbatch > 4, microbatch * pixels > 16 * 128 * 128 { microbatch /= 2 }
        guard let examples = set.trainingExamples else { return microbatch }
        while microbatch > 4, 5 * sizedShards * microbatch > examples { microbatch /= 2 }
        while microbatch > 1, sizedShards * microbatch > examples { microbatch /= 2 }
        return microbatch
    }
}
