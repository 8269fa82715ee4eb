import Tensors

extension VariationalAutoencoder {
    /// −ln p(x) of D pixel values, those that the likelihood judges, in bits a value, −ln p(x) / (D ln 2), where that is comparable between models.
    ///
    /// It is so of probabilities of pixel values. A density becomes one where images are dequantised: each of the 256 values then has an
    /// interval of 1/256 of its own, and so 8 bits are added.
    ///
    /// Source: Theis, van den Oord, Bethge, "A note on the evaluation of generative models", ICLR 2016, section 3.1.
    /// - Returns: Nil where `reasonAgainstBits` says why.
    public func bitsPerDimension(nats: Double) -> Double? {
        guard reasonAgainstBits == nil else { return nil }
        let bits = nats / (Double(description.images.judgedCount) * 0.693_147_180_559_945_3)
        return description.images.dequantize ? bits + 8 : bits
    }

    /// Why nats mean nothing in bits a dimension, as the end of a sentence; nil where they do.
    public var reasonAgainstBits: String? {
        let images = description.images
        let likelihood = objective.likelihood
        if case .deterministic = description.latents {
            return "a deterministic code has no prior, so images have no likelihood"
        }
        if likelihood == .bernoulli, images.binarize == nil {
            return "`bernoulli` gives grey pixels no probability: set images/binarize"
        }
        if likelihood == .squaredError { return "`squared_error` is a density without its constant: use `gaussian`" }
        guard !likelihood.isOfSingleValues, !images.dequantize else { return nil }
        return "densities of grey pixels are not comparable with probabilities: set images/dequantize"
    }
}
