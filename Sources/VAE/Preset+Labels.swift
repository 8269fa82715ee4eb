// Models that learn from labels, from a few of many images in all but the first.
extension Preset {
    /// MNIST given its digits.
    ///
    /// Source: Sohn, Lee, Yan, "Learning structured output representation using deep conditional generative models", NeurIPS 2015.
    public static let conditional = Preset(
        name: "cvae",
        model: ModelDescription(
            images: digits, encoder: hidden([500]), latents: .gaussian(50), decoder: hidden([500], to: 784), classes: 10
        ),
        objective: Objective(likelihood: .bernoulli, estimator: .conditional(Conditional())))

    /// M2, one hidden layer of 500 units in each of its three networks.
    ///
    /// Source: Kingma, Rezende, Mohamed, Welling, "Semi-supervised learning with deep generative models", NeurIPS 2014, section 4.
    public static let m2 = Preset(
        name: "m2",
        model: ModelDescription(
            images: digits, encoder: hidden([500]), latents: .gaussian(50), decoder: hidden([500], to: 784),
            classes: 10,
            classifier: hidden([500])),
        objective: Objective(likelihood: .bernoulli, estimator: .semiSupervised(SemiSupervised())))

    /// M1: a VAE whose latents somebody classifies afterwards.
    ///
    /// Source: Kingma, Rezende, Mohamed, Welling, as above.
    public static let m1 = Preset(
        name: "m1",
        model: ModelDescription(
            images: digits, encoder: hidden([500, 500]), latents: .gaussian(50), decoder: hidden([500, 500], to: 784)),
        objective: Objective(likelihood: .bernoulli))

    /// Latents from which a linear classifier must tell the digit.
    ///
    /// Source: Hope, Abdrakhmanova, Chen, Hughes, Sudderth, arXiv 2012.06718.
    public static let predictionConstrained = constrained("pc-vae", PredictionConstrained(classificationWeight: 25))

    /// The same, and reconstructions must be told alike.
    public static let consistent = constrained(
        "cpc-vae", PredictionConstrained(classificationWeight: 25, consistencyWeight: 25))

    private static func constrained(_ name: String, _ formula: PredictionConstrained) -> Preset {
        Preset(
            name: name,
            model: ModelDescription(
                images: digits, encoder: hidden([500, 500]), latents: .gaussian(50),
                decoder: hidden([500, 500], to: 784), classes: 10, classifier: []),
            objective: Objective(likelihood: .bernoulli, estimator: .predictionConstrained(formula)))
    }

    private static let digits = ImageDescription(channels: 1, height: 28, width: 28, binarize: .dynamic)

    private static func hidden(_ units: [Int]) -> [Layer] {
        [.flatten] + units.flatMap { [.linear(units: $0), .softplus] }
    }

    private static func hidden(_ units: [Int], to pixels: Int) -> [Layer] {
        units.flatMap { [.linear(units: $0), .softplus] } + [.linear(units: pixels), .reshape(1, 28, 28)]
    }
}
