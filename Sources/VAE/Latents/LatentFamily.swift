import Randomness
import Tensors

/// What a family of latents has to say for itself: its posterior, its prior, and the shape in which the decoder takes it.
///
/// One file each. Everywhere else z is a row of Z numbers.
protocol LatentFamily: Sendable {
    /// Z, how many numbers z has.
    var count: Int { get }

    /// What the decoder takes for one example.
    var decoderInput: Shape { get }

    /// Whether gradients flow through a sample to what it was drawn from.
    var areReparameterised: Bool { get }

    /// Says what is wrong with an encoder that ends with features of such a shape, if anything.
    func problem(withFeatures features: Shape) -> String?

    /// q(z|x) of the encoder's features.
    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution

    /// z (R, Z) as the decoder takes it, (R, …).
    func decoderInput(of z: Tensor) -> Tensor

    /// The prior's z (R, Z), with keyed noise; nil where there is no prior apart from the posterior.
    func priorSample(rows: Int, in scope: inout Scope) -> Tensor?

    /// Z numbers drawn on the host, of which the prior's z is made: a function of the stream alone.
    func draw(_ stream: RandomStream) -> [Float]

    /// Whether the prior is learned, so that what was drawn is not z yet.
    var hasLearnedPrior: Bool { get }

    /// The prior's z (R, Z), of what was drawn.
    func latents(ofDraw draw: Tensor, in scope: inout Scope) -> Tensor
}

extension LatentFamily {
    var decoderInput: Shape { [count] }
    var hasLearnedPrior: Bool { false }

    func problem(withFeatures features: Shape) -> String? {
        features.rank == 1
            ? nil : "ends with \(features), but must end with a vector of features: put `flatten` at its end"
    }

    func decoderInput(of z: Tensor) -> Tensor { z }
    func latents(ofDraw draw: Tensor, in scope: inout Scope) -> Tensor { draw }
}
