import Tensors

/// −ELBO of p(x|y) for labels y that are given: −E_q[ln p(x|z, y)] + KL(q(z|x, y) ‖ p(z)).
///
/// The label goes to the encoder and the decoder, and z is left with what the label does not say. The class of an image without a label is
/// the one under which the ELBO, at the mean of z, is greatest.
///
/// Source: Kingma, Rezende, Mohamed, Welling, "Semi-supervised learning with deep generative models", NeurIPS 2014, section 3.1, equation
/// 6; Sohn, Lee, Yan, "Learning structured output representation using deep conditional generative models", NeurIPS 2015.
public struct Conditional: ObjectiveFormula, Hashable {
    public init() {}

    func loss(_ x: Tensor, in scope: inout Scope) -> Loss {
        let y = scope.labels()
        let q = scope.posterior(of: x, given: y)
        let z = q.sample(in: &scope)
        let reconstruction = -scope.likelihood(of: z, given: y).logDensity(of: x)
        let divergence = q.divergence(at: z, samples: 1)
        let beta = scope.scheduled(.divergenceWeight)
        return Loss(
            scope.settings.reconstructionWeight * reconstruction + beta * divergence,
            reconstruction: reconstruction, divergence: divergence)
    }

    func classLogits(of x: Tensor, in scope: inout Scope) -> Tensor? {
        guard let classes = scope.classes else { return nil }
        let y = Tensor.everyClass(classes, times: x.shape[0])
        let q = scope.posterior(of: x, given: y)
        let logLikelihood = scope.likelihood(of: q.mean, given: y).logDensity(of: x.repeatedRows(classes))
        return (logLikelihood - q.divergence(at: q.mean, samples: 1)).bySample(classes)
    }

    var labels: LabelUse? { LabelUse(isConditional: true, classified: nil, pairsAll: false) }

    func problem(with latents: Latents) -> String? { EvidenceLowerBound().problem(with: latents) }
}
