import Tensors

@testable import VAE

extension Scope {
    /// What distributions draw and keep running values in, without networks.
    static func forDistributions(_ mode: Mode = .inference, examples: Int, pixels: Tensor? = nil) -> Scope {
        let description = TinyModels.linear
        guard
            let model = try? VariationalAutoencoder(description, Objective(likelihood: .bernoulli))
        else { preconditionFailure("the tiny model can be built") }
        return Scope(
            mode, examples: examples, pixels: pixels, description, model.objective, model.encoder, model.decoder)
    }
}
