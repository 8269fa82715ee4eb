import Tensors

/// Layers one after another, with the shapes between them worked out and checked.
struct Network {
    /// The first part of every name in it: `encoder` or `decoder`.
    let name: String
    private let layers: [Layer]
    /// The shape of one example before each layer, and after the last.
    private let shapes: [Shape]
    /// The noise of layer i has the key `firstNoiseKey` + i.
    private let firstNoiseKey: UInt16

    /// The shape of one example after the last layer.
    var output: Shape { shapes.last! }

    /// The number of values between all layers for one example; at most 2³⁰ for each of at most 512 layers.
    var values: Int { shapes.reduce(0) { $0 + $1.count } }

    init(_ name: String, _ layers: [Layer], input: Shape, firstNoiseKey: UInt16) throws(DescriptionError) {
        guard layers.count <= NoiseKey.layersOfANetwork else {
            throw DescriptionError(
                path: name,
                problem: "has \(layers.count) layers, but can have no more than \(NoiseKey.layersOfANetwork)")
        }
        self.name = name
        self.layers = layers
        self.firstNoiseKey = firstNoiseKey
        var shapes = [input]
        for (index, layer) in layers.enumerated() {
            do throws(LayerProblem) {
                shapes.append(try Self.output(of: layer.behaviour, for: shapes[index]))
            } catch {
                throw DescriptionError(path: Self.path(name, index, layer), problem: error.problem)
            }
        }
        self.shapes = shapes
    }

    private static func output(of layer: any LayerBehaviour, for input: Shape) throws(LayerProblem) -> Shape {
        let output = try layer.output(for: input)
        for shape in [output] + layer.parameters(for: input).map(\.shape) {
            try LayerProblem.require(
                Limits.allow(shape), "would need \(shape), more than \(Limits.elements) elements: make it smaller")
        }
        return output
    }

    private static func path(_ name: String, _ index: Int, _ layer: Layer) -> String {
        "\(name)/\(index)/\(layer.name.rawValue)"
    }

    private func path(_ index: Int) -> String { Self.path(name, index, layers[index]) }

    /// The trained tensors of all layers, by their whole names.
    var parameters: [Variable] {
        layers.indices.flatMap { index in
            layers[index].behaviour.parameters(for: shapes[index]).map { $0.named(under: path(index)) }
        }
    }

    /// The running statistics of all layers, by their whole names.
    var statistics: [Variable] {
        layers.indices.flatMap { index in
            layers[index].behaviour.statistics(for: shapes[index]).map { $0.named(under: path(index)) }
        }
    }

    /// The first layer that would normalise a microbatch of one value a channel, if any.
    func layerWithoutVariance(microbatch: Int) -> String? {
        layers.indices.first {
            !layers[$0].behaviour.statistics(for: shapes[$0]).isEmpty && microbatch * shapes[$0].count == shapes[$0][0]
        }.map(path)
    }

    /// Whether any layer draws random numbers.
    var hasNoise: Bool { layers.contains { $0.behaviour.drawsNoise } }

    /// The network's result for x (B, …), and what its normalisations measured.
    func apply(to x: Tensor, _ mode: Mode) -> (result: Tensor, statistics: [(name: String, tensor: Tensor)]) {
        var x = x
        var statistics: [(name: String, tensor: Tensor)] = []
        for (index, layer) in layers.enumerated() {
            var scope = LayerScope(
                mode, path: path(index), noiseKey: firstNoiseKey + UInt16(index), layer: layer.behaviour,
                input: shapes[index])
            x = layer.behaviour.apply(to: x, in: &scope)
            statistics += scope.batchStatistics
        }
        return (x, statistics)
    }
}

/// The keys of a model's sources of noise. A layer's key depends on its place alone.
enum NoiseKey {
    static let latents: UInt16 = 0
    /// Far above any model, below 0x1000, and few enough that freeing a graph, one operand inside another, fits a thread's stack.
    static let layersOfANetwork = 512
    static let encoder: UInt16 = 0x1000
    static let decoder: UInt16 = 0x2000
    // Of the images before the model sees them.
    static let binarization: UInt16 = 0x3000
    static let flip: UInt16 = 0x3001
    static let dequantization: UInt16 = 0x3002
}

extension Variable {
    func named(under path: String) -> Variable {
        Variable(name: "\(path)/\(name)", shape: shape, initialisation: initialisation, rule: rule)
    }
}
