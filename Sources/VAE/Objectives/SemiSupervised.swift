import Settings
import Tensors

/// M2: a classifier q(y|x) and a model p(x|y, z) p(y) p(z) that teach each other, from many images and a few labels.
///
/// With the bound of a labelled image,
///
///     L(x, y) = −E_q[ln p(x|y, z)] + KL(q(z|x, y) ‖ p(z)) − ln p(y),  p(y) = 1/K,
///
/// an image without a label has U(x) = Σ_y q(y|x) L(x, y) − H(q(y|x)): all classes are gone through, and y is never drawn. Training makes
///
///     Σ_labelled L(x, y) + Σ_others U(x) + α · (the mean over the labelled of −ln q(y|x)),  α = weight · N,
///
/// small, of which a step is an estimate without bias, divided by N, the number of all training images. Evaluation reports U of every image.
///
/// Source: Kingma, Rezende, Mohamed, Welling, "Semi-supervised learning with deep generative models", NeurIPS 2014, equations 6 to 9.
public struct SemiSupervised: ObjectiveFormula, Hashable, Codable {
    /// α/N
    public var classificationWeight: Float

    public init(classificationWeight: Float = 0.1) { self.classificationWeight = classificationWeight }

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let (labels, weights) = (scope.labels(), scope.weights())
        let bounds = bounds(of: x, in: &scope)
        let logits = scope.classLogits(of: x)
        let logProbabilities = logits.logSoftmax(axis: 1)
        let probabilities = exp(logProbabilities)
        // Of an image whose label is given only that class counts. Evaluation does not look at labels here.
        let isLabelled = scope.mode == .training ? labels.sum(axes: [1], keepDimensions: true) : .constant(0, [1, 1])
        let isOther = 1 - isLabelled
        let share = isLabelled * labels + isOther * probabilities
        let reconstruction = weights * (share * bounds.reconstruction).sum(axes: [1])
        let negativeEntropy = isOther * probabilities * logProbabilities
        let divergence = weights * (share * bounds.divergence + negativeEntropy).sum(axes: [1])
        let classification = Tensor.crossEntropy(labels, logits: logits).meanOverLabelled(labels)
        let beta = scope.scheduled(.divergenceWeight)
        return Loss(
            scope.settings.reconstructionWeight * reconstruction + beta * divergence
                + classificationWeight * classification,
            reconstruction: reconstruction, divergence: divergence,
            metrics: [
                ("classification", classification), ("accuracy", Self.isRight(logits, labels).meanOverLabelled(labels)),
            ])
    }

    /// Both parts of L(x, y) for every class, (B, K) each.
    private func bounds(of x: Tensor, in scope: inout Scope) -> (reconstruction: Tensor, divergence: Tensor) {
        guard let classes = scope.classes else { preconditionFailure("a model without classes was refused before") }
        let y = Tensor.everyClass(classes, times: x.shape[0])
        guard let q = scope.posterior(of: x, given: y) as? DiagonalGaussian else {
            preconditionFailure("other latents than normal ones were refused before")
        }
        // All classes have one noise, so that their bounds differ by the class and not by chance.
        let noise = scope.noise(.normal, [x.shape[0], q.mean.shape[1]])
        let z = q.sample(noise.repeatedRows(classes))
        let reconstruction = -scope.likelihood(of: z, given: y).logDensity(of: x.repeatedRows(classes))
        // Computed where everything else is: the host's logarithm may differ by machine.
        let logClasses = log(.constant(Float(classes)))
        return (reconstruction.bySample(classes), (q.divergence(at: z, samples: 1) + logClasses).bySample(classes))
    }

    /// 1 where the greatest logit is the label's, (B); 0 where there is no label.
    static func isRight(_ logits: Tensor, _ labels: Tensor) -> Tensor {
        (labels * logits.argmaxOneHot(axis: 1)).sum(axes: [1])
    }

    func classLogits(of x: Tensor, in scope: inout Scope) -> Tensor? { scope.classLogits(of: x) }

    var labels: LabelUse? { LabelUse(isConditional: true, classified: .images, pairsAll: true) }

    func problem(with latents: Latents) -> String? { ImportanceWeighted().problem(with: latents) }

    enum CodingKeys: String, CodingKey, CaseIterable { case classificationWeight = "classification_weight" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        classificationWeight = try container.decodeIfPresent(Float.self, forKey: .classificationWeight) ?? 0.1
    }
}

extension SemiSupervised.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .classificationWeight:
            Setting(
                "How much the classifier's mean error on labelled images counts, as a share of all training images.",
                .number(.zeroOrMore), default: "0.1", otherNames: ["classification_loss_weight", "aux_loss_multiplier"])
        }
    }
}
