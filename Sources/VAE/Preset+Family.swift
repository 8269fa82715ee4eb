// Models that show the family: the layers of `mlp` with other latents, likelihoods and estimators, so that numbers compare.
extension Preset {
    /// Binary latents by the score function, with the mean of all losses so far as its baseline.
    ///
    /// Source: Mnih and Gregor, "Neural variational inference and learning in belief networks", ICML 2014.
    public static let mlpScore = mlp(
        "mlp-score", .bernoulli(128), .scoreFunction(ScoreFunction(samples: 1, baseline: .runningMean)),
        summary: "mlp with binary latents, by the score function with a running baseline (Mnih and Gregor 2014)")

    /// The same with two samples, each of which is the other's baseline.
    ///
    /// Source: Kool, van Hoof, Welling, "Buy 4 REINFORCE samples, get a baseline for free!", 2019.
    public static let mlpScoreLeaveOneOut = mlp(
        "mlp-score-loo", .bernoulli(128), .scoreFunction(ScoreFunction(samples: 2, baseline: .leaveOneOut)),
        summary: "the same, two samples, each the baseline of the other (Kool et al. 2019)")

    /// Binary latents by the straight-through Gumbel estimator.
    ///
    /// Source: Jang, Gu, Poole, "Categorical reparameterization with Gumbel-softmax", ICLR 2017.
    public static let mlpGumbel = mlp(
        "mlp-gumbel", .bernoulli(128), .relaxed(Relaxed(sample: .hard)),
        summary: "mlp with binary latents, by straight-through Gumbel samples (Jang et al. 2017)")

    /// Binary latents with the gradient of their mean.
    ///
    /// Source: Bengio, Léonard, Courville, "Estimating or propagating gradients through stochastic neurons", 2013.
    public static let mlpStraightThrough = mlp(
        "mlp-straight-through", .bernoulli(128), .relaxed(Relaxed(sample: .straightThrough)),
        summary: "mlp with binary latents, by the gradient of their mean (Bengio et al. 2013)")

    /// An autoencoder: a code that nothing draws, and no divergence.
    public static let mlpAutoencoder = mlp(
        "mlp-ae", .deterministic(128), .evidenceLowerBound(EvidenceLowerBound()),
        summary: "mlp as a plain autoencoder: a code, and no divergence")

    /// Grey pixels with one variance for all, which is learned.
    ///
    /// Source: Rybkin, Daniilidis, Levine, "Simple and effective VAE training with calibrated decoders", ICML 2021.
    public static let mlpSigma = Preset(
        name: "mlp-sigma", summary: "mlp on grey pixels, their variance learned (Rybkin et al. 2021)",
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 28, width: 28), encoder: mlp.model.encoder, latents: 128,
            decoder: mlp.model.decoder),
        objective: Objective(likelihood: .gaussian(variance: .shared)))

    /// The importance-weighted bound of five samples on pixels that are drawn black or white in every pass.
    ///
    /// Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, section 5, one stochastic layer.
    public static let iwae = Preset(
        name: "iwae",
        summary: "the importance-weighted bound on dynamically binarised MNIST, 50 latents (Burda et al. 2016)",
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 28, width: 28, binarize: .dynamic),
            encoder: [.flatten, .linear(units: 200), .tanh, .linear(units: 200), .tanh],
            latents: 50,
            decoder: [
                .linear(units: 200), .tanh, .linear(units: 200), .tanh, .linear(units: 784), .reshape(1, 28, 28),
            ]),
        objective: Objective(
            likelihood: .bernoulli, estimator: .importanceWeighted(ImportanceWeighted(samples: 5))))

    /// The lower half of a digit from the upper one, through two layers of bits, by the Gumbel estimator.
    ///
    /// Source: Jang, Gu, Poole, "Categorical reparameterization with Gumbel-softmax", ICLR 2017, section 4.1.
    public static let sbn = structuredPrediction(
        "sbn", .relaxed(Relaxed(sample: .soft)),
        summary: "the lower half of a digit from the upper one, two layers of bits, by Gumbel (Jang et al. 2017)")

    /// The same by the score function.
    public static let sbnScore = structuredPrediction(
        "sbn-score", .scoreFunction(ScoreFunction(samples: 2, baseline: .leaveOneOut)),
        summary: "the same, by the score function of two samples")

    /// A sigmoid belief network of two layers of bits above the image.
    ///
    /// Source: Mnih and Gregor, "Neural variational inference and learning in belief networks", ICML 2014.
    public static let beliefNetwork = Preset(
        name: "belief-network",
        summary: "a sigmoid belief network: two layers of bits above the image (Mnih and Gregor 2014)",
        model: ModelDescription(
            images: mlp.model.images, encoder: mlp.model.encoder, latents: .beliefNetwork([200, 200]),
            decoder: mlp.model.decoder),
        objective: Objective(
            likelihood: .bernoulli, estimator: .scoreFunction(ScoreFunction(samples: 2, baseline: .leaveOneOut))))

    private static func structuredPrediction(_ name: String, _ estimator: Estimator, summary: String) -> Preset {
        var images = mlp.model.images
        images.prediction = .lowerHalf
        return Preset(
            name: name, summary: summary,
            model: ModelDescription(
                images: images, encoder: [.flatten], latents: .stochasticLayers([200, 200]),
                decoder: [.linear(units: 784), .reshape(1, 28, 28)]),
            objective: Objective(likelihood: .bernoulli, estimator: estimator))
    }

    /// Normal latents in the 7 x 7 places of a small image, with convolutions on both sides.
    public static let spatial = Preset(
        name: "spatial", summary: "normal latents that keep their places, 2 in each of 7 x 7, binary MNIST",
        model: ModelDescription(
            images: mlp.model.images,
            encoder: [
                .convolution(filters: 32, window: 3, stride: 2, padding: 1), .relu,
                .convolution(filters: 64, window: 3, stride: 2, padding: 1), .relu,
            ],
            latents: .spatial(SpatialLatents(channels: 2, height: 7, width: 7)),
            decoder: [
                .convolution(filters: 64, window: 3, stride: 1, padding: 1), .relu,
                .transposedConvolution(filters: 32, window: 4, stride: 2, padding: 1), .relu,
                .transposedConvolution(filters: 1, window: 4, stride: 2, padding: 1),
            ]),
        objective: Objective(likelihood: .bernoulli))

    private static func mlp(
        _ name: String, _ latents: Latents, _ estimator: Estimator, summary: String
    ) -> Preset {
        var model = mlp.model
        model.latents = latents
        return Preset(
            name: name, summary: summary, model: model,
            objective: Objective(likelihood: .bernoulli, estimator: estimator))
    }
}
