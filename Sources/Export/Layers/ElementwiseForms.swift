import VAE

/// A function without settings.
struct ElementwiseForm: LayerForm {
    let module: String
    let type: String

    func module(_ place: PlacedLayer) -> [String] { [module] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add(type, [x])
    }
}

/// The default slope is the same everywhere, and written all the same.
struct LeakyReLUForm: LayerForm {
    let layer: Layer.LeakyReLU

    func module(_ place: PlacedLayer) -> [String] { ["nn.LeakyReLU(\(layer.slope))"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("LeakyRelu", [x], [.init("alpha", layer.slope)])
    }
}

struct ELUForm: LayerForm {
    func module(_ place: PlacedLayer) -> [String] { ["nn.ELU()"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("Elu", [x], [.init("alpha", Float(1))])
    }
}

/// x · sigmoid(x), for which opset 17 has no operator.
struct SiLUForm: LayerForm {
    func module(_ place: PlacedLayer) -> [String] { ["nn.SiLU()"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("Mul", [x, graph.add("Sigmoid", [x])])
    }
}

/// Nothing is dropped in inference mode, so ONNX has no node for it.
struct DropoutForm: LayerForm {
    let name: String
    let probability: Float

    func module(_ place: PlacedLayer) -> [String] { ["nn.\(name)(\(probability))"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value { x }
}
