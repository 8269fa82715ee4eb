import Tensors

/// What an objective does with labels.
struct LabelUse: Hashable {
    /// What a classifier takes.
    enum Classified: String { case images, latents }

    /// Whether encoder and decoder take the label.
    let isConditional: Bool
    /// What the classifier takes; nil where there is none.
    let classified: Classified?
    /// Whether every example is paired with every class.
    let pairsAll: Bool
}

extension ObjectiveFormula {
    /// How often an example passes through the decoder.
    func rows(_ description: ModelDescription) -> Int {
        labels?.pairsAll == true ? description.classes ?? 1 : samples
    }
}

extension LabelUse {
    /// Whether an image without a label cannot be trained on.
    var needsEveryLabel: Bool { isConditional && classified == nil }
}

extension Estimator {
    /// Whether an image without a label cannot be trained on.
    public var needsEveryLabel: Bool { formula.labels?.needsEveryLabel == true }

    /// Whether a trained model tells the classes of images.
    public var tellsClasses: Bool { formula.labels != nil }
}

extension Tensor {
    /// The one-hot vectors of all classes, `count` times on end: (count · K, K).
    static func everyClass(_ classes: Int, times count: Int) -> Tensor {
        let indices = Tensor.indices(classes)
        let distance = abs(indices.reshaped(to: [classes, 1]) - indices.reshaped(to: [1, classes]))
        return step(0.5 - distance).reshaped(to: [1, classes, classes]).broadcast(to: [count, classes, classes])
            .reshaped(to: [count * classes, classes])
    }

    /// −Σ target · ln softmax(logits), (B): the cross-entropy of probabilities (B, K) with those that the logits (B, K) stand for.
    static func crossEntropy(_ target: Tensor, logits: Tensor) -> Tensor {
        -(target * logits.logSoftmax(axis: 1)).sum(axes: [1])
    }

    /// Of values (B) of examples, those of labelled ones, so scaled that the sum over all B is B times their mean.
    ///
    /// - Parameter labels: (B, K), zeros for an example without a label.
    func meanOverLabelled(_ labels: Tensor) -> Tensor {
        let isLabelled = labels.sum(axes: [1])
        return self * isLabelled * (Float(shape[0]) / isLabelled.sum())
    }
}
