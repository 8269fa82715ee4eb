import Tensors

/// Layers of bits, side by side in one row, of which each is drawn from the one before it: z = (z₁, z₂, …),
///
///     q(z|x) = q(z₁|x) q(z₂|z₁) …,  every factor a product of Bernoulli distributions whose logits a linear layer gives.
struct LayersOfBits: Sendable {
    /// q(z₁|x)
    let first: Bernoulli
    /// The logits of the layer after the first, of the one after that, and so on, each of the layer before it.
    let others: [LinearMap]
    /// The bits of each layer.
    let units: [Int]

    /// How many layers there may be.
    static let most = 8

    /// The distribution of a layer's bits, given those of the layer before it.
    private func layer(_ index: Int, after previous: Tensor?) -> Bernoulli {
        previous.map { Bernoulli(logits: others[index - 1].apply(to: $0)) } ?? first
    }

    /// Gives each layer a value in turn, and puts them side by side.
    func rows(_ value: (Bernoulli) -> Tensor) -> Tensor {
        var layers: [Tensor] = []
        for index in units.indices { layers.append(value(layer(index, after: layers.last))) }
        return .concatenate(layers, axis: 1)
    }

    /// The bits of one layer, of all layers' side by side.
    static func layer(_ index: Int, of z: Tensor, _ units: [Int]) -> Tensor {
        let start = units[..<index].reduce(0, +)
        return z.slice(axis: 1, start..<start + units[index])
    }

    /// Σ ln q(z_l | z_{l−1}) for each example.
    func logDensity(of z: Tensor) -> Tensor {
        let layers = units.indices.map { Self.layer($0, of: z, units) }
        let terms = layers.indices.map { index in
            layer(index, after: index > 0 ? layers[index - 1] : nil).logDensity(of: layers[index])
        }
        return terms.dropFirst().reduce(terms[0], +)
    }

    func repeated(_ count: Int) -> LayersOfBits {
        LayersOfBits(first: first.repeated(count), others: others, units: units)
    }

    func withoutGradient() -> LayersOfBits {
        LayersOfBits(first: first.withoutGradient(), others: others.map { $0.withoutGradient() }, units: units)
    }
}

/// x · weightᵀ + bias.
struct LinearMap: Sendable {
    let weight: Tensor
    let bias: Tensor

    func apply(to x: Tensor) -> Tensor { matrixMultiply(x, weight, transposeRight: true) + bias }

    func withoutGradient() -> LinearMap {
        LinearMap(weight: weight.withoutGradient(), bias: bias.withoutGradient())
    }
}

extension Scope {
    /// q(z|x) of layers of bits, the first of which sees the encoder's features.
    mutating func layersOfBits(_ units: [Int], of features: Tensor) -> LayersOfBits {
        let first = Bernoulli(logits: head("logits", .linear(units: units[0]), features))
        var others: [LinearMap] = []
        for (index, count) in units.enumerated().dropFirst() {
            others.append(linearMap("encoder/logits_\(index + 1)", from: units[index - 1], to: count))
        }
        return LayersOfBits(first: first, others: others, units: units)
    }
}
