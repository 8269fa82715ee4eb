import Tensors

// What an objective that reads labels asks of a description.
extension VariationalAutoencoder {
    /// The classes whose labels encoder and decoder take, if they take any.
    static func classesOfNetworks(_ description: ModelDescription, _ objective: Objective) -> Int? {
        objective.estimator.formula.labels?.isConditional == true ? description.classes : nil
    }

    /// The network that classifies, where the objective has one.
    static func classifier(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) -> Network?
    {
        guard let layers = description.classifier, let classified = objective.estimator.formula.labels?.classified
        else { return nil }
        let input: Shape = classified == .images ? description.images.shape : [description.latents.count]
        let network = try Network("classifier", layers, input: input, firstNoiseKey: NoiseKey.classifier)
        guard network.output.rank == 1 else {
            throw DescriptionError(
                path: "classifier",
                problem: "ends with \(network.output), but must end with a vector of features: put `flatten` at its end"
            )
        }
        return network
    }

    /// Refuses classes and a classifier that the objective has no use for, and the lack of what it needs.
    static func checkLabels(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        guard let use = objective.estimator.formula.labels else {
            let unused = description.classes != nil ? "classes" : description.classifier != nil ? "classifier" : nil
            guard let unused else { return }
            throw DescriptionError(
                path: unused, problem: "has no use, since this objective reads no labels: take it out")
        }
        guard let classes = description.classes else {
            throw DescriptionError(
                path: "classes",
                problem: "is missing, and this objective reads labels: write how many classes there are")
        }
        guard (2...Limits.classes).contains(classes) else {
            throw DescriptionError(
                path: "classes", problem: "is \(classes), but must lie between 2 and \(Limits.classes)")
        }
        switch (use.classified, description.classifier) {
        case (nil, .some):
            throw DescriptionError(
                path: "classifier", problem: "has no use, since this objective trains no classifier: take it out")
        case (.some(let classified), nil):
            throw DescriptionError(
                path: "classifier",
                problem: "is missing: write its layers, which take \(classified.rawValue)"
                    + (classified == .latents ? "; [] is a linear one" : ""))
        default: break
        }
    }
}
