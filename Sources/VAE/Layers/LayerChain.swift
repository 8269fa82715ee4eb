import Tensors

/// Layers one after another, each of which fits the one before it: a network, or what a layer is made of.
struct LayerChain {
    private let layers: [Layer]
    /// The shape of one example before each layer, and after the last.
    private let shapes: [Shape]
    /// The layer that takes the label, if one does.
    private let labelledLayer: Int?

    /// - Parameter classes: K, where the first linear layer takes a label besides.
    /// - Throws: `LayerProblem` with the place of the first layer that does not fit, such as `2/linear`.
    init(_ layers: [Layer], input: Shape, classes: Int? = nil) throws(LayerProblem) {
        self.layers = layers
        labelledLayer = classes == nil ? nil : layers.firstIndex(where: \.isLinear)
        var shapes = [input]
        for (index, layer) in layers.enumerated() {
            if index == labelledLayer, let classes, shapes[index].rank == 1 {
                shapes[index] = [shapes[index][0] + classes]
            }
            do throws(LayerProblem) {
                shapes.append(try Self.output(of: layer.behaviour, for: shapes[index]))
            } catch {
                throw error.within(Self.place(index, layer))
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

    private static func place(_ index: Int, _ layer: Layer) -> String { "\(index)/\(layer.name.rawValue)" }

    private func place(_ index: Int) -> String { Self.place(index, layers[index]) }

    /// The shape of one example after the last layer.
    var output: Shape { shapes.last! }

    /// The layers with all that is known of their places; the names of their tensors begin with `path`.
    func placed(under path: String) -> [PlacedLayer] {
        layers.indices.map { index in
            PlacedLayer(
                layer: layers[index], path: "\(path)/\(place(index))", input: shapes[index],
                takesLabel: index == labelledLayer)
        }
    }

    /// The number of values between all layers for one example, those within layers as well.
    var values: Int {
        shapes.reduce(0) { $0 + $1.count }
            + layers.indices.reduce(0) { $0 + layers[$1].behaviour.valuesWithin(for: shapes[$1]) }
    }

    /// Whether any layer draws random numbers.
    var drawsNoise: Bool { layers.contains { $0.behaviour.drawsNoise } }

    /// The trained tensors of all layers; their names begin with the layers' places.
    var parameters: [Variable] {
        layers.indices.flatMap { index in
            layers[index].behaviour.parameters(for: shapes[index]).map { $0.named(under: place(index)) }
        }
    }

    /// The running statistics of all layers; their names begin with the layers' places.
    var statistics: [Variable] {
        layers.indices.flatMap { index in
            layers[index].behaviour.statistics(for: shapes[index]).map { $0.named(under: place(index)) }
        }
    }

    /// Why the layers cannot train with so many examples at once, if that is so.
    func problem(microbatch: Int) -> LayerProblem? {
        for index in layers.indices {
            let problem = layers[index].behaviour.problem(microbatch: microbatch, for: shapes[index])
            if let problem { return problem.within(place(index)) }
        }
        return nil
    }

    /// The last layer's result for x (B, …), and what normalisations measured, by their whole names.
    ///
    /// - Parameters:
    ///   - labels: (R, K) with R a multiple of B, where a layer takes labels: row r is of example r / (R/B), and the result has R rows.
    ///   - path: With what the names of all tensors begin.
    func apply(
        to x: Tensor, given labels: Tensor? = nil, _ mode: Mode, under path: String, _ keys: LayerKeys
    ) -> (result: Tensor, statistics: [(name: String, tensor: Tensor)]) {
        precondition((labels == nil) == (labelledLayer == nil), "\(path) takes labels, or is given none")
        var (x, keys) = (x, keys)
        var statistics: [(name: String, tensor: Tensor)] = []
        for (index, layer) in layers.enumerated() {
            var scope = LayerScope(
                mode, path: "\(path)/\(place(index))", keys: keys, layer: layer.behaviour, input: shapes[index])
            if index == labelledLayer, let labels, case .linear(let linear) = layer {
                x = linear.apply(to: x, labels: labels, in: scope)
            } else {
                x = layer.behaviour.apply(to: x, in: &scope)
            }
            statistics += scope.batchStatistics
            keys.skip(layer.behaviour)
        }
        return (x, statistics)
    }
}

/// The keys of the noise of layers that follow one another: each has the next, and the layers within them have the next of another row.
struct LayerKeys {
    private(set) var own: UInt16
    private(set) var within: UInt16

    /// - Parameters:
    ///   - own: The key of the first layer.
    ///   - within: That of the first layer within any of them.
    init(own: UInt16, within: UInt16) {
        self.own = own
        self.within = within
    }

    /// Those of the layer that follows.
    mutating func skip(_ layer: any LayerBehaviour) {
        own += 1
        within += UInt16(layer.layersWithin)
    }

    /// Those of the layers that a layer is made of.
    func ofLayers(within layer: [Layer]) -> LayerKeys {
        LayerKeys(own: within, within: within + UInt16(layer.count))
    }
}
