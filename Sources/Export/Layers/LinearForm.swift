import Tensors
import VAE

/// y = x · weightᵀ + bias.
struct LinearForm: LayerForm {
    let layer: Layer.Linear

    func module(_ place: PlacedLayer) -> [String] {
        ["nn.Linear(\(place.input[0]), \(layer.units)\(layer.bias ? "" : ", bias=False"))"]
    }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.linear(x, place.path, bias: layer.bias)
    }
}

extension ONNXGraph {
    /// x (B, I) by the weight (units, I) and the bias at a path.
    mutating func linear(_ x: Value, _ path: String, bias: Bool = true) -> Value {
        add("Gemm", [x] + weights(path, bias: bias), [.init("transB", 1)])
    }
}
