import Randomness
import Tensors

/// Bits with the prior ½, each with a probability of its own once x is seen.
struct BernoulliLatents: LatentFamily {
    let count: Int
    let areReparameterised = false

    func posterior(of features: Tensor, in scope: inout Scope) -> any LatentDistribution {
        Bernoulli(logits: scope.head("logits", .linear(units: count), features))
    }

    func priorSample(rows: Int, in scope: inout Scope) -> Tensor? {
        Bernoulli(logits: .constant(0, [rows, count])).sample(in: &scope)
    }

    func draw(_ stream: RandomStream) -> [Float] { (0..<count).map { stream.uniform($0) < 0.5 ? 1 : 0 } }
}
