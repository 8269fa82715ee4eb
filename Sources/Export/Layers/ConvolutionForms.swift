import Tensors
import VAE

struct ConvolutionForm: LayerForm {
    let layer: Layer.Convolution

    func module(_ place: PlacedLayer) -> [String] {
        [
            "nn.Conv2d(\(place.input[0]), \(layer.filters), \(layer.window), stride=\(layer.stride), padding=\(layer.padding)"
                + (layer.bias ? ")" : ", bias=False)")
        ]
    }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("Conv", [x] + graph.weights(place.path, bias: layer.bias), attributes)
    }

    private var attributes: [ONNXAttribute] {
        ONNXAttribute.window(layer.window, stride: layer.stride)
            + [.init("pads", Array(repeating: layer.padding, count: 4))]
    }
}

/// Its trim is more padding at the bottom and on the right for ONNX, and a slice of the result for PyTorch, which knows only the reverse of it.
struct TransposedConvolutionForm: LayerForm {
    let layer: Layer.TransposedConvolution

    private var isTrimmed: Bool { layer.trim != 0 }

    func module(_ place: PlacedLayer) -> [String] {
        let trim = isTrimmed ? ", trim=(\(layer.trim.rows), \(layer.trim.columns))" : ""
        return [
            (isTrimmed ? "TrimmedConvTranspose2d" : "nn.ConvTranspose2d")
                + "(\(place.input[0]), \(layer.filters), \(layer.window), stride=\(layer.stride), padding=\(layer.padding)"
                + trim + (layer.bias ? ")" : ", bias=False)")
        ]
    }

    func helpers(_ place: PlacedLayer) -> Set<PythonHelper> { isTrimmed ? [.trimmed] : [] }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("ConvTranspose", [x] + graph.weights(place.path, bias: layer.bias), attributes)
    }

    private var attributes: [ONNXAttribute] {
        let (padding, trim) = (layer.padding, layer.trim)
        return ONNXAttribute.window(layer.window, stride: layer.stride)
            + [.init("pads", [padding, padding, padding + trim.rows, padding + trim.columns])]
    }
}

extension ONNXGraph {
    /// The weight at a path, and the bias where there is one.
    mutating func weights(_ path: String, bias: Bool) -> [Value] {
        [tensor("\(path)/weight")] + (bias ? [tensor("\(path)/bias")] : [])
    }
}

extension ONNXAttribute {
    /// A square window and its steps, none of which are left to a default.
    static func window(_ window: Int, stride: Int) -> [ONNXAttribute] {
        [
            .init("kernel_shape", [window, window]), .init("strides", [stride, stride]), .init("dilations", [1, 1]),
            .init("group", 1),
        ]
    }
}
