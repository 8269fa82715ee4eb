import Settings
import Tensors

extension Layer {
    public static func residual(_ layers: Layer...) -> Layer { .residual(Residual(layers)) }

    /// y = x + f(x), f being layers of its own. Written `residual: [convolution: {…}, relu, …]`.
    ///
    /// Where f gives another shape than it takes, the sum is P·x + f(x): P is a linear layer for vectors, and for images a convolution with a
    /// window of 1, whose stride makes the image as small as f does. P has no bias; weight (filters, C, 1, 1), or (units, I).
    ///
    /// Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016, equations 1 and 2.
    public struct Residual: Hashable, Sendable, Codable {
        public var layers: [Layer]

        public init(_ layers: [Layer]) { self.layers = layers }

        public init(from decoder: any Decoder) throws {
            layers = try decoder.singleValueContainer().decode([Layer].self)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(layers)
        }

        /// How deep they may lie within one another. Text that is read is not nested deeper than 64 brackets.
        static let mostNested = 4

        private var depth: Int {
            1 + layers.reduce(0) { if case .residual(let layer) = $1 { max($0, layer.depth) } else { $0 } }
        }
    }
}

extension Layer.Residual: LayerBehaviour {
    /// What is done to x before f(x) is added.
    private enum Skip {
        case identity
        case projection(Layer)

        /// The layer that projects, and what it does.
        var projection: Layer? { if case .projection(let layer) = self { layer } else { nil } }
        var layer: (any LayerBehaviour)? { projection?.behaviour }
        /// The name of its tensors' group.
        static let name = "projection"
    }

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try LayerProblem.require(!layers.isEmpty, "lists no layers: list some, or take it out")
        try LayerProblem.require(
            depth <= Self.mostNested,
            "holds residual layers \(depth) deep, but can hold \(Self.mostNested): put them one after another")
        let output = try LayerChain(layers, input: input).output
        _ = try skip(from: input, to: output)
        return output
    }

    private func skip(from input: Shape, to output: Shape) throws(LayerProblem) -> Skip {
        if input == output { return .identity }
        if input.rank == 1, output.rank == 1 { return .projection(.linear(units: output[0], bias: false)) }
        if input.rank == 3, output.rank == 3 {
            let projection = Layer.convolution(
                filters: output[0], window: 1, stride: (input[1] + output[1] - 1) / output[1], bias: false)
            if let shape = try? projection.behaviour.output(for: input), shape == output {
                return .projection(projection)
            }
        }
        throw LayerProblem(
            "cannot add its input \(input) to what its layers make of it, \(output): they may keep an image's size or make it smaller as a "
                + "stride does, and change channels; put `upsampling`, `flatten` and the like before or behind it")
    }

    /// The layers and the skip for an input that was found to fit.
    private func parts(for input: Shape) -> (chain: LayerChain, skip: Skip) {
        do throws(LayerProblem) {
            let chain = try LayerChain(layers, input: input)
            return (chain, try skip(from: input, to: chain.output))
        } catch {
            preconditionFailure("a residual layer \(error.problem)")
        }
    }

    /// The layers in their places, and the one that projects x where that is needed.
    func placed(under path: String, input: Shape) -> (layers: [PlacedLayer], projection: PlacedLayer?) {
        let (chain, skip) = parts(for: input)
        let projection = skip.projection.map { layer in
            PlacedLayer(layer: layer, path: "\(path)/\(Skip.name)", input: input, takesLabel: false)
        }
        return (chain.placed(under: path), projection)
    }

    func parameters(for input: Shape) -> [Variable] {
        let (chain, skip) = parts(for: input)
        return chain.parameters
            + (skip.layer?.parameters(for: input) ?? []).map { $0.named(under: Skip.name) }
    }

    func statistics(for input: Shape) -> [Variable] { parts(for: input).chain.statistics }

    var drawsNoise: Bool { layers.contains { $0.behaviour.drawsNoise } }

    var layersWithin: Int { layers.reduce(0) { $0 + 1 + $1.behaviour.layersWithin } }

    func valuesWithin(for input: Shape) -> Int {
        let (chain, skip) = parts(for: input)
        return chain.values + (skip.layer == nil ? 0 : chain.output.count)
    }

    func problem(microbatch: Int, for input: Shape) -> LayerProblem? {
        parts(for: input).chain.problem(microbatch: microbatch)
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let input = Shape(Array(x.shape.dimensions.dropFirst()))
        let (chain, skip) = parts(for: input)
        let (result, measured) = chain.apply(
            to: x, scope.mode, under: scope.path, scope.keys.ofLayers(within: layers))
        scope.take(measured)
        guard let projection = skip.layer else { return x + result }
        var own = LayerScope(
            scope.mode, path: "\(scope.path)/\(Skip.name)", keys: scope.keys, layer: projection, input: input)
        return projection.apply(to: x, in: &own) + result
    }
}
