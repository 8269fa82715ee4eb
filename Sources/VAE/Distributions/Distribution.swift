import Tensors

/// A probability distribution of a value for each example, (R, …): a prior, a posterior or a likelihood.
public protocol Distribution: Sendable {
    /// ln p(x) for each example, (R), in nats: the sum over its dimensions.
    func logDensity(of x: Tensor) -> Tensor

    /// The mean of x.
    var mean: Tensor { get }

    /// The value of x at which the density is greatest.
    var mostProbable: Tensor { get }

    /// A draw with keyed noise. Gradients flow through it where the distribution is reparameterised, and stop at it where it is not.
    func sample(in scope: inout Scope) -> Tensor
}

/// A posterior q(z|x) of latents (R, Z), with the prior that belongs to it.
public protocol LatentDistribution: Distribution {
    /// KL(q ‖ p) for each example, (R), in nats: the sum over its dimensions; nil where it has no closed form.
    var divergenceFromPrior: Tensor? { get }

    /// KL(q ‖ p) for each dimension, (R, …), in nats; nil where it has no closed form.
    var divergenceByDimension: Tensor? { get }

    /// ln p(z) for each example, (R), under the prior.
    func priorLogDensity(of z: Tensor) -> Tensor

    /// The same distribution for each of `count` draws: row r · count + k is row r of this one.
    func repeated(_ count: Int) -> Self

    /// The same distribution, taken as fixed when gradients are computed.
    func withoutGradient() -> Self

    /// What an encoder says, by name, each (R, …): `mean` first, then what else describes the posterior.
    var description: [(name: String, tensor: Tensor)] { get }
}

extension LatentDistribution {
    public var divergenceFromPrior: Tensor? { divergenceByDimension?.sumOfEachExample() }

    /// KL(q ‖ p) for each example, (R), in nats: in closed form, or else its estimate ln q(z|x) − ln p(z) at K samples of each, z (R · K, Z).
    func divergence(at z: Tensor, samples: Int) -> Tensor {
        divergenceFromPrior
            ?? (repeated(samples).logDensity(of: z) - priorLogDensity(of: z)).meanOverSamples(samples)
    }
}
