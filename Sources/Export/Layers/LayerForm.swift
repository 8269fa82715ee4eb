import VAE

/// How a layer is written for others: as a module of PyTorch, and as nodes of ONNX.
///
/// A new layer is a form of its own in this folder, and a line in `Layer.form`, without which nothing compiles.
protocol LayerForm {
    /// The module, an expression of Python; more than one line where it holds other modules.
    func module(_ place: PlacedLayer) -> [String]

    /// Adds the layer's nodes, in inference mode, and names their result.
    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value

    /// What PyTorch calls tensors that have another name there.
    var tensorNames: [String: String] { get }

    /// Whether PyTorch counts batches beside the layer's running values.
    var countsBatches: Bool { get }

    /// The class that `model.py` must define for it, if PyTorch has none.
    func helpers(_ place: PlacedLayer) -> Set<PythonHelper>
}

extension LayerForm {
    var tensorNames: [String: String] { [:] }
    var countsBatches: Bool { false }
    func helpers(_ place: PlacedLayer) -> Set<PythonHelper> { [] }
}

extension Layer {
    /// How the layer is written for others.
    var form: any LayerForm {
        switch self {
        case .linear(let layer): LinearForm(layer: layer)
        case .convolution(let layer): ConvolutionForm(layer: layer)
        case .transposedConvolution(let layer): TransposedConvolutionForm(layer: layer)
        case .batchNormalization(let layer): BatchNormalizationForm(layer: layer)
        case .groupNormalization(let layer): GroupNormalizationForm(layer: layer)
        case .leakyReLU(let layer): LeakyReLUForm(layer: layer)
        case .relu: ElementwiseForm(module: "nn.ReLU()", type: "Relu")
        case .tanh: ElementwiseForm(module: "nn.Tanh()", type: "Tanh")
        case .sigmoid: ElementwiseForm(module: "nn.Sigmoid()", type: "Sigmoid")
        case .softplus: ElementwiseForm(module: "nn.Softplus()", type: "Softplus")
        case .silu: SiLUForm()
        case .elu: ELUForm()
        case .dropout(let layer): DropoutForm(name: "Dropout", probability: layer.probability)
        case .dropout2D(let layer): DropoutForm(name: "Dropout2d", probability: layer.probability)
        case .flatten: FlattenForm()
        case .reshape(let layer): ReshapeForm(layer: layer)
        case .upsampling(let layer): UpsamplingForm(layer: layer)
        case .averagePooling(let layer): PoolingForm(layer: layer, name: "AvgPool2d", type: "AveragePool")
        case .maxPooling(let layer): PoolingForm(layer: layer, name: "MaxPool2d", type: "MaxPool")
        case .residual: ResidualForm()
        }
    }
}

extension [PlacedLayer] {
    /// `nn.Sequential(…)` of the layers' modules, each with its index behind it.
    var sequential: [String] {
        guard !isEmpty else { return ["nn.Sequential()"] }
        let modules = enumerated().flatMap { index, place in
            place.layer.form.module(place).ending(with: ",  # \(index)")
        }
        return ["nn.Sequential("] + modules.indented + [")"]
    }

    /// The classes that `model.py` must define for them.
    var helpers: Set<PythonHelper> { reduce(into: []) { $0.formUnion($1.layer.form.helpers($1)) } }

    /// Adds the nodes of all layers, and names the last one's result.
    ///
    /// - Parameters:
    ///   - label: What is put behind the features where the label is taken.
    ///   - name: The module's name, with which those of nodes begin.
    func result(
        of x: ONNXGraph.Value, label: ONNXGraph.Value? = nil, under name: String, in graph: inout ONNXGraph
    ) -> ONNXGraph.Value {
        var x = x
        for (index, place) in enumerated() {
            graph.begin("\(name).\(index)")
            if place.takesLabel, let label { x = graph.add("Concat", [x, label], [.init("axis", 1)]) }
            x = place.layer.form.result(of: x, place, in: &graph)
        }
        return x
    }
}
