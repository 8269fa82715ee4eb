import Randomness
import Tensors

/// The code of an autoencoder: numbers that the encoder gives and nothing draws.
struct DeterministicCode: LatentFamily {
    let count: Int
    let areReparameterised = true

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        Delta(value: scope.head("code", .linear(units: count), features))
    }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? { nil }

    /// A code has no prior; it is drawn from N(0, 1), which is where nothing says otherwise.
    func draw(_ stream: RandomStream) -> [Float] { GaussianLatents(count: count).draw(stream) }
}
