import Tensors

/// What a formula gives for a microbatch: what training makes small, and what is reported.
public struct Loss {
    /// A part of the loss, and which parameters it trains.
    struct Term {
        /// For each example, (B).
        let loss: Tensor
        /// Whether the parameter of a name follows this part's gradient.
        let trains: (String) -> Bool
    }

    /// Their gradients are added up.
    let terms: [Term]
    /// For each example, (B), in nats: `reconstruction` and `divergence` first, without the weights that training gives them.
    let metrics: [(name: String, tensor: Tensor)]

    /// - Parameters:
    ///   - loss: For each example, (B). All parameters follow its gradient.
    ///   - reconstruction: −E[ln p(x|z)].
    ///   - divergence: KL(q(z|x) ‖ p(z)), or its estimate.
    init(
        _ loss: Tensor, reconstruction: Tensor, divergence: Tensor, metrics: [(name: String, tensor: Tensor)] = []
    ) {
        self.init(
            [Term(loss: loss) { _ in true }], reconstruction: reconstruction, divergence: divergence, metrics: metrics)
    }

    init(
        _ terms: [Term], reconstruction: Tensor, divergence: Tensor, metrics: [(name: String, tensor: Tensor)] = []
    ) {
        self.terms = terms
        self.metrics = [("reconstruction", reconstruction), ("divergence", divergence)] + metrics
    }

    /// The gradient of the sum over the examples, for each parameter of a table.
    func gradients(_ parameters: SliceTable) -> [Tensor] {
        let sums = terms.map { ($0.loss.sum(), $0.trains) }
        let trained = parameters.slices.map { Tensor.parameter($0.name, $0.shape) }
        let parts = sums.map { sum, trains in
            let indices = trained.indices.filter { trains(parameters.slices[$0].name) }
            return Dictionary(
                uniqueKeysWithValues: zip(
                    indices, Tensors.gradients(of: sum, withRespectTo: indices.map { trained[$0] })))
        }
        return trained.indices.map { index in
            let shares = parts.compactMap { $0[index] }
            return shares.dropFirst().reduce(shares.first ?? .constant(0, trained[index].shape)) { $0 + $1 }
        }
    }
}

/// An objective as its formula: what a step makes small for a microbatch of pixels.
///
/// One file each, which says all there is to say: its settings, its formula and its source. Nothing outside `Objectives` changes when
/// one is added, but for its line in `Estimator`.
protocol ObjectiveFormula: Sendable {
    /// - Parameter x: (B, C, H, W), as the model sees pixels.
    func loss(_ x: Tensor, in scope: inout Scope) -> Loss

    /// How often an example passes through the decoder.
    var samples: Int { get }

    /// Whether the divergence counts as `Objective.divergence` says, and not by its weight alone.
    var takesPenalty: Bool { get }

    /// Says what such latents lack for the formula, if anything.
    func problem(with latents: Latents) -> String?

    /// What the formula does with labels, where it reads them.
    var labels: LabelUse? { get }

    /// Logits of the classes of images, (B, K), in inference mode; nil where the formula tells no classes.
    func classLogits(of x: Tensor, in scope: inout Scope) -> Tensor?
}

extension ObjectiveFormula {
    var samples: Int { 1 }
    var takesPenalty: Bool { false }
    var labels: LabelUse? { nil }
    func classLogits(of x: Tensor, in scope: inout Scope) -> Tensor? { nil }
}
