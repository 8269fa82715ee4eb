import VAE

/// Normal latents: linear layers make the mean and the logarithm of the variance.
struct GaussianForm: LatentForm {
    let count: Int

    let outputs = ["mean", "log_variance"]
    let description = "the mean and the logarithm of the variance of z"

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        outputs.map { name in
            graph.begin("encoder_\(name)")
            return (name, graph.linear(features, "encoder/\(name)"))
        }
    }

    let posterior = PythonBody(result: "self.encoder_mean(h), self.encoder_log_variance(h)")
    var prior: PythonBody? { PythonBody(result: "torch.randn(count, \(count))") }
}

/// The same, by convolutions with a window of 1: z is the image, channel by channel.
struct SpatialForm: LatentForm {
    let latents: SpatialLatents

    private var shape: [Int] { [latents.channels, latents.height, latents.width] }
    private var count: Int { shape.reduce(1, *) }

    let outputs = ["mean", "log_variance"]
    let description = "the mean and the logarithm of the variance of z, a small image in one row"

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        outputs.map { name in
            graph.begin("encoder_\(name)")
            let weights = graph.weights("encoder/\(name)", bias: true)
            let image = graph.add("Conv", [features] + weights, ONNXAttribute.window(1, stride: 1))
            return (name, graph.add("Flatten", [image], [.init("axis", 1)]))
        }
    }

    let posterior = PythonBody(result: "self.encoder_mean(h).flatten(1), self.encoder_log_variance(h).flatten(1)")
    var prior: PythonBody? { PythonBody(result: "torch.randn(count, \(count))") }

    func decoderInput(of z: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.reshape(z, to: shape)
    }

    var decoderInput: String { "z.unflatten(1, \(shape.tuple))" }
}

/// The code of an autoencoder.
struct CodeForm: LatentForm {
    let count: Int

    let description = "the code z"

    func posterior(of features: ONNXGraph.Value, in graph: inout ONNXGraph) -> [(name: String, value: ONNXGraph.Value)]
    {
        graph.begin("encoder_code")
        return [("mean", graph.linear(features, "encoder/code"))]
    }

    let posterior = PythonBody(result: "self.encoder_code(h)")
    let prior: PythonBody? = nil
}
