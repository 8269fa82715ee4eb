import Settings
import Tensors

/// A VAE whose latents must tell the label: −ELBO + λ · (the mean over the labelled of −ln p(y|z)), z from q(z|x).
///
/// With a consistency weight γ, what is decoded from z must tell the same when it is encoded again, with or without a label:
///
///     γ · −Σ_y t(y) ln p(y|z'),  z' from q(z|x'), x' the mean of p(x|z),
///
/// where t is the label, or p(y|z) where there is none; both predictions follow the gradient. That one class for all images is consistent, too,
/// so KL(the microbatch's mean of p(y|z) ‖ 1/K) is added, which is of the microbatch, as batch statistics are. Evaluation classifies by the
/// posterior's mean, and leaves that out.
///
/// Source: Hope, Abdrakhmanova, Chen, Hughes, Sudderth, "Learning consistent deep generative models from sparse data via prediction
/// constraints", 2020, arXiv 2012.06718: its constraints as penalties of fixed weights, λ and γ.
public struct PredictionConstrained: ObjectiveFormula, Hashable, Codable {
    /// λ
    public var classificationWeight: Float
    /// γ
    public var consistencyWeight: Float

    public init(classificationWeight: Float = 25, consistencyWeight: Float = 0) {
        self.classificationWeight = classificationWeight
        self.consistencyWeight = consistencyWeight
    }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let (labels, weights) = (scope.labels(), scope.weights())
        let q = scope.posterior(of: x)
        let z = q.sample(in: &scope)
        let p = scope.likelihood(of: z)
        let reconstruction = -weights * p.logDensity(of: x)
        let divergence = weights * q.divergence(at: z, samples: 1)
        let logits = scope.classLogits(of: scope.mode == .training ? z : q.mean)
        let classification = Tensor.crossEntropy(labels, logits: logits).meanOverLabelled(labels)
        let beta = scope.scheduled(.divergenceWeight)
        var loss =
            scope.settings.reconstructionWeight * reconstruction + beta * divergence
            + classificationWeight * classification
        var metrics = [
            (name: "classification", tensor: classification),
            ("accuracy", SemiSupervised.isRight(logits, labels).meanOverLabelled(labels)),
        ]
        if consistencyWeight > 0 {
            let consistency = weights * inconsistency(of: p, logits, labels, in: &scope)
            loss = loss + consistencyWeight * consistency
            metrics.append(("consistency", consistency))
        }
        return Loss(loss, reconstruction: reconstruction, divergence: divergence, metrics: metrics)
    }

    /// −Σ_y t(y) ln p(y|z'), (B). In evaluation no label is known, and z' is the mean.
    private func inconsistency(
        of p: any Distribution, _ logits: Tensor, _ labels: Tensor, in scope: inout Scope
    ) -> Tensor {
        let again = scope.posterior(of: p.mean)
        let logitsAgain = scope.classLogits(of: scope.mode == .training ? again.sample(in: &scope) : again.mean)
        let logProbabilities = logits.logSoftmax(axis: 1)
        let probabilities = exp(logProbabilities)
        guard scope.mode == .training else { return .crossEntropy(probabilities, logits: logitsAgain) }
        let isOther = 1 - labels.sum(axes: [1], keepDimensions: true)
        return .crossEntropy(labels + isOther * probabilities, logits: logitsAgain)
            + Self.imbalance(logProbabilities)
    }

    /// KL(mean p(y|z) ‖ 1/K) of a microbatch's ln p(y|z), (B, K): 0 where all classes are predicted equally often, a scalar.
    private static func imbalance(_ logProbabilities: Tensor) -> Tensor {
        let (rows, classes) = (logProbabilities.shape[0], logProbabilities.shape[1])
        let logMean = logProbabilities.logSumExp(axis: 0) - log(.constant(Float(rows)))
        return (exp(logMean) * logMean).sum() + log(.constant(Float(classes)))
    }

    func classLogits(of x: Tensor, in scope: inout Scope) -> Tensor? {
        scope.classLogits(of: scope.posterior(of: x).mean)
    }

    var labels: LabelUse? { LabelUse(isConditional: false, classified: .latents, pairsAll: false) }

    func problem(with latents: Latents) -> String? { EvidenceLowerBound().problem(with: latents) }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case classificationWeight = "classification_weight"
        case consistencyWeight = "consistency_weight"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        classificationWeight = try container.decodeIfPresent(Float.self, forKey: .classificationWeight) ?? 25
        consistencyWeight = try container.decodeIfPresent(Float.self, forKey: .consistencyWeight) ?? 0
    }
}

extension PredictionConstrained.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .classificationWeight:
            Setting(
                "How much the mean error of predicting labels from latents counts, beside the ELBO of an image.",
                .number(.zeroOrMore), default: "25", otherNames: ["lambda", "prediction_weight"])
        case .consistencyWeight:
            Setting(
                "How much a reconstruction's prediction must be that of its original.", .number(.zeroOrMore),
                default: "0", otherNames: ["gamma"])
        }
    }
}
