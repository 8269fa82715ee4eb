import Tensors
import VAE

/// Running means and variances, which both others take as they are: the variance is the unbiased estimate, as in PyTorch.
struct BatchNormalizationForm: LayerForm {
    let layer: Layer.BatchNormalization

    let tensorNames = ["scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var"]
    let countsBatches = true

    func module(_ place: PlacedLayer) -> [String] {
        ["nn.BatchNorm\(place.input.rank == 3 ? 2 : 1)d(\(place.input[0]), eps=\(layer.epsilon))"]
    }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let tensors = ["scale", "offset", "mean", "variance"].map { graph.tensor("\(place.path)/\($0)") }
        return graph.add(
            "BatchNormalization", [x] + tensors, [.init("epsilon", layer.epsilon), .init("training_mode", 0)])
    }
}

/// Opset 17 normalises single channels alone. So an image is laid out with a group for a channel, and back, and scaled and moved channel by
/// channel then.
struct GroupNormalizationForm: LayerForm {
    let layer: Layer.GroupNormalization

    let tensorNames = ["scale": "weight", "offset": "bias"]

    func module(_ place: PlacedLayer) -> [String] {
        ["nn.GroupNorm(\(layer.groups), \(place.input[0]), eps=\(layer.epsilon))"]
    }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let (groups, shape) = (layer.groups, place.input.dimensions)
        let grouped = graph.reshape(x, to: [groups, -1])
        let ones = graph.constant(Array(repeating: 1, count: groups), [groups])
        let zeros = graph.constant(Array(repeating: 0, count: groups), [groups])
        let normal = graph.add("InstanceNormalization", [grouped, ones, zeros], [.init("epsilon", layer.epsilon)])
        let channels = [shape[0]] + Array(repeating: 1, count: shape.count - 1)
        let image = graph.reshape(normal, to: shape)
        let scale = graph.tensor("\(place.path)/scale", reshapedTo: channels)
        let offset = graph.tensor("\(place.path)/offset", reshapedTo: channels)
        return graph.add("Add", [graph.add("Mul", [image, scale]), offset])
    }
}
