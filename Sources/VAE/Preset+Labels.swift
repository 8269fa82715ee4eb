// Models that learn from labels, from a few of many images in all but the first.
extension Preset {
    /// MNIST given its digits. Four latents leave it to the label which digit it is, and hold how it is written.
    ///
    /// Source: Sohn, Lee, Yan, "Learning structured output representation using deep conditional generative models", NeurIPS 2015.
    public static let conditional = Preset(
        name: "cvae", summary: "digits given their class: encoder and decoder take the label (Sohn et al. 2015)",
        model: ModelDescription(
            images: digits, encoder: hidden([500]), latents: .gaussian(4), decoder: hidden([500], to: 784), classes: 10
        ),
        objective: Objective(likelihood: .bernoulli, estimator: .conditional(Conditional())))

    /// M2, one hidden layer of 500 units in each of its three networks.
    ///
    /// Source: Kingma, Rezende, Mohamed, Welling, "Semi-supervised learning with deep generative models", NeurIPS 2014, section 4.
    public static let m2 = Preset(
        name: "m2",
        summary: "M2: a few labels of many images; a classifier and a VAE given classes (Kingma et al. 2014)",
        model: ModelDescription(
            images: digits, encoder: hidden([500]), latents: .gaussian(50), decoder: hidden([500], to: 784),
            classes: 10,
            classifier: hidden([500])),
        objective: Objective(
            likelihood: .bernoulli, estimator: .semiSupervised(SemiSupervised(classificationWeight: 1))))

    /// M1+M2: M2 on the codes of a trained M1, 50 numbers that a file holds as images of one row.
    ///
    /// Source: Kingma, Rezende, Mohamed, Welling, as above; its networks there have 300 units for 100 labels.
    public static let stacked = Preset(
        name: "m1-m2",
        summary: "M1+M2: M2 on the codes that `embed` wrote of a trained m1 (Kingma et al. 2014)",
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 1, width: 50), encoder: hidden([300]), latents: .gaussian(50),
            decoder: [.linear(units: 300), .softplus, .linear(units: 50), .reshape(1, 1, 50)], classes: 10,
            classifier: hidden([300])),
        objective: Objective(
            likelihood: .gaussian(variance: .shared),
            estimator: .semiSupervised(SemiSupervised(classificationWeight: 1))
        ))

    /// M1: a VAE whose latents somebody classifies afterwards.
    ///
    /// Source: Kingma, Rezende, Mohamed, Welling, as above.
    public static let m1 = Preset(
        name: "m1", summary: "M1: a VAE whose latents are classified afterwards (Kingma et al. 2014)",
        model: ModelDescription(
            images: digits, encoder: hidden([500, 500]), latents: .gaussian(50), decoder: hidden([500, 500], to: 784)),
        objective: Objective(likelihood: .bernoulli))

    /// Latents from which a linear classifier must tell the digit.
    ///
    /// Source: Hope, Abdrakhmanova, Chen, Hughes, Sudderth, arXiv 2012.06718.
    public static let predictionConstrained = constrained(
        "pc-vae", PredictionConstrained(classificationWeight: 2),
        summary: "latents from which a linear classifier must tell the digit (Hope et al. 2020)")

    /// The same, and reconstructions must be told alike.
    public static let consistent = constrained(
        "cpc-vae", PredictionConstrained(classificationWeight: 25, consistencyWeight: 25),
        summary: "the same, and reconstructions must be told alike (Hope et al. 2020)")

    private static func constrained(
        _ name: String, _ formula: PredictionConstrained, summary: String
    ) -> Preset {
        Preset(
            name: name, summary: summary,
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
