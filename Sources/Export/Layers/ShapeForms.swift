import Tensors
import VAE

struct FlattenForm: LayerForm {
    func module(_ place: PlacedLayer) -> [String] { ["nn.Flatten()"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("Flatten", [x], [.init("axis", 1)])
    }
}

struct ReshapeForm: LayerForm {
    let layer: Layer.Reshape

    func module(_ place: PlacedLayer) -> [String] {
        if layer.dimensions.count == 1 { return ["nn.Flatten()"] }
        let unflatten = "nn.Unflatten(1, \(layer.dimensions.tuple))"
        return [place.input.rank == 1 ? unflatten : "nn.Sequential(nn.Flatten(), \(unflatten))"]
    }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.reshape(x, to: layer.dimensions)
    }
}

/// Nearest-neighbour upsampling. ONNX's usual way of finding the neighbour agrees with ours for a factor of two, and is said all the same.
struct UpsamplingForm: LayerForm {
    let layer: Layer.Upsampling

    func module(_ place: PlacedLayer) -> [String] { ["nn.Upsample(scale_factor=\(layer.factor), mode=\"nearest\")"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let factor = Float(layer.factor)
        return graph.add(
            "Resize", [x, "", graph.constant([1, 1, factor, factor], [4])],
            [
                .init("mode", "nearest"), .init("coordinate_transformation_mode", "asymmetric"),
                .init("nearest_mode", "floor"),
            ])
    }
}

/// Windows side by side; what fills none is left out, as both others do it unless they are told otherwise.
struct PoolingForm: LayerForm {
    let layer: Layer.Pooling
    /// PyTorch's name and ONNX's.
    let name: String
    let type: String

    func module(_ place: PlacedLayer) -> [String] { ["nn.\(name)(\(layer.window))"] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let window = [layer.window, layer.window]
        return graph.add(type, [x], [.init("kernel_shape", window), .init("strides", window)])
    }
}
