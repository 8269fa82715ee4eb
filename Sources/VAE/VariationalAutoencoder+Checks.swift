import Tensors

// What must hold of a description besides that each layer fits the one before it.
extension VariationalAutoencoder {
    static func check(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        let images = description.images
        for (name, extent) in [("channels", images.channels), ("height", images.height), ("width", images.width)] {
            try require(extent, "images/\(name)")
        }
        try require(Limits.allow(images.shape), "images", "are \(images.shape), more than \(Limits.elements) elements")
        try checkPreparation(of: images, objective.likelihood)
        try check(description.latents)
        try require(description.latents.count, "latents")
        try checkPrediction(of: description)
        try checkPenalty(objective, description.latents)
        let formula = objective.estimator.formula
        try require(
            (1...1024).contains(formula.samples), "objective/estimator",
            "takes \(formula.samples) samples, but can take 1 to 1024")
        if let problem = formula.problem(with: description.latents) {
            throw DescriptionError(path: "objective/estimator", problem: problem)
        }
        try checkLabels(description, objective)
        let weight = objective.reconstructionWeight
        try require(
            weight.isFinite && weight >= 0, "objective/reconstruction_weight", "is \(weight), but must be 0 or more")
        if case .importanceWeighted = objective.estimator {
            try require(
                weight == 1, "objective/reconstruction_weight",
                "is \(weight), but the importance-weighted bound has no such weight: remove it")
        }
        if case .gaussian(variance: .fixed(let variance)) = objective.likelihood {
            let isPossible = variance.isFinite && variance > 0
            try require(isPossible, "objective/likelihood/gaussian/variance", "is \(variance), but must be above 0")
        }
    }

    private static func check(_ latents: Latents) throws(DescriptionError) {
        switch latents {
        case .gaussian, .bernoulli, .deterministic: break
        case .categorical(let categories):
            try require(categories.variables, "latents/categorical/variables")
            try require(categories.classes, "latents/categorical/classes")
            try require(
                categories.classes >= 2, "latents/categorical/classes",
                "is \(categories.classes), but must be 2 or more")
        case .spatial(let spatial):
            try require(spatial.channels, "latents/spatial/channels")
            try require(spatial.height, "latents/spatial/height")
            try require(spatial.width, "latents/spatial/width")
            try require(
                Limits.allow(spatial.decoderInput), "latents/spatial", "are more than \(Limits.elements) numbers")
        case .beliefNetwork(let units): try check(units, "latents/belief_network")
        case .stochasticLayers(let units): try check(units, "latents/stochastic_layers")
        }
    }

    private static func check(_ units: [Int], _ path: String) throws(DescriptionError) {
        try require(
            (1...LayersOfBits.most).contains(units.count), path,
            "has \(units.count) layers, but must have 1 to \(LayersOfBits.most)")
        for (index, count) in units.enumerated() { try require(count, "\(path)[\(index)]") }
    }

    /// A part of an image is predicted by latents without a prior of their own, and by those alone.
    private static func checkPrediction(of description: ModelDescription) throws(DescriptionError) {
        var predicts = false
        if case .stochasticLayers = description.latents { predicts = true }
        if let prediction = description.images.prediction {
            try require(
                predicts, "images/predict",
                "is `\(prediction.rawValue)`, which latents of `stochastic_layers` can predict, "
                    + "and these cannot: change latents, or remove `predict`")
            try require(
                description.images.height > 1, "images/predict", "takes images of two rows or more")
        } else {
            try require(
                !predicts, "latents/stochastic_layers",
                "predict a part of an image from the rest: set images/predict to `lower_half`, or take `belief_network`"
            )
        }
    }

    private static func checkPenalty(_ objective: Objective, _ latents: Latents) throws(DescriptionError) {
        guard objective.divergence != .weighted else { return }
        try require(
            objective.estimator.formula.takesPenalty, "objective/divergence",
            "is for `evidence_lower_bound` and `relaxed`: change the estimator, or set it to `weighted`")
        switch latents {
        case .gaussian, .spatial, .bernoulli, .categorical: break
        case .deterministic, .beliefNetwork, .stochasticLayers:
            throw DescriptionError(
                path: "objective/divergence",
                problem: "needs a divergence in closed form, which these latents do not have: set it to `weighted`")
        }
        if case .freeBits(let least) = objective.divergence {
            try require(
                least.isFinite && least > 0, "objective/divergence/free_bits", "is \(least), but must be above 0")
        }
    }

    private static func checkPreparation(
        of images: ImageDescription, _ likelihood: Likelihood
    ) throws(DescriptionError) {
        try require((0...1).contains(images.flip), "images/flip", "is \(images.flip), but a probability is from 0 to 1")
        guard images.dequantize else { return }
        try require(
            images.binarize == nil, "images/dequantize",
            "is for grey pixels, and `binarize` makes them black and white: remove one of the two")
        try require(
            !likelihood.isOfSingleValues, "images/dequantize",
            "is for densities of grey pixels, and `bernoulli`, `categorical` and `discretized_logistic` are none: set "
                + "objective/likelihood to `gaussian`, or remove it")
    }

    static func check(
        _ encoder: Network, _ decoder: Network, _ description: ModelDescription, _ objective: Objective
    ) throws(DescriptionError) {
        if let problem = description.latents.family.problem(withFeatures: encoder.output) {
            throw DescriptionError(path: "encoder", problem: problem)
        }
        let images = description.images
        let planes = objective.likelihood.planes
        let wanted: Shape = [planes * images.channels, images.height, images.width]
        try require(
            decoder.output == wanted, "decoder",
            "ends with \(decoder.output), but "
                + (planes == 1
                    ? "the images are \(wanted)" : "the likelihood takes \(planes) numbers for each pixel, \(wanted)")
                + ": change its last layers' filters, padding or trim, or end it with `reshape`")
        let latents = description.latents.count
        try require(
            Limits.allow([latents, encoder.output[0]]), "latents",
            "is \(latents), which with \(encoder.output[0]) features is too much: make the features fewer")
        let formula = objective.estimator.formula
        try require(
            formula.samples == 1 || !decoder.hasNoise, "decoder",
            "drops, which it cannot with \(formula.samples) samples of each example: take `dropout` out, or samples 1")
        // An image without a label is paired with all classes, also where it is only looked at.
        for network in formula.labels?.isConditional == true ? [encoder, decoder] : [] {
            try require(
                !network.hasNoise, network.name,
                "drops, which it cannot where an image is paired with every class: take `dropout` out")
        }
        switch objective.estimator {
        case .semiSupervised(let formula):
            try requireWeight(formula.classificationWeight, "semi_supervised/classification_weight")
        case .predictionConstrained(let formula):
            try requireWeight(formula.classificationWeight, "prediction_constrained/classification_weight")
            try requireWeight(formula.consistencyWeight, "prediction_constrained/consistency_weight")
        default: break
        }
    }

    private static func requireWeight(_ weight: Float, _ path: String) throws(DescriptionError) {
        try require(
            weight.isFinite && weight >= 0, "objective/estimator/\(path)", "is \(weight), but must be 0 or more")
    }

    private static func require(_ setting: Int, _ path: String) throws(DescriptionError) {
        let isPossible = (1...Limits.setting).contains(setting)
        try require(isPossible, path, "is \(setting), but must lie between 1 and \(Limits.setting)")
    }

    private static func require(
        _ condition: Bool, _ path: String, _ problem: @autoclosure () -> String
    ) throws(DescriptionError) {
        if !condition { throw DescriptionError(path: path, problem: problem()) }
    }
}
