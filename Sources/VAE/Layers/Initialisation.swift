import Randomness
import Tensors

/// The value a tensor has before training.
enum Initialisation: Hashable {
    case constant(Float)
    /// Uniform in (−bound, bound).
    case uniform(bound: Double)

    /// What PyTorch's linear and convolution layers do to weights and biases alike: uniform with bound 1/√fanIn, which is
    /// Kaiming's initialisation with a = √5.
    static func fanIn(_ count: Int) -> Initialisation {
        .uniform(bound: 1 / Double(count).squareRoot())
    }

    /// The first `count` numbers; only exact operations, so that every machine starts from the same bits.
    func values(_ count: Int, from stream: RandomStream) -> [Float] {
        switch self {
        case .constant(let value): Array(repeating: value, count: count)
        case .uniform(let bound): (0..<count).map { Float((2 * stream.uniform($0) - 1) * bound) }
        }
    }
}
