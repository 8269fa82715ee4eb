import Tensors

/// One step of a network, with its settings.
///
/// In a configuration file a layer is a bare word (`relu`) or a name with settings (`linear: {units: 400}`).
public enum Layer: Hashable, Sendable {
    case linear(Linear)
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case batchNormalization(BatchNormalization)
    case leakyReLU(LeakyReLU)
    case relu
    case tanh
    case sigmoid
    case softplus
    case silu
    case elu
    case dropout(Dropout)
    case dropout2D(Dropout2D)
    case flatten
    case reshape(Reshape)
    case upsampling(Upsampling)
    case averagePooling(Pooling)
    case maxPooling(Pooling)
    case groupNormalization(GroupNormalization)
    case residual(Residual)

    /// What the layer does.
    var behaviour: any LayerBehaviour {
        switch self {
        case .linear(let layer): layer
        case .convolution(let layer): layer
        case .transposedConvolution(let layer): layer
        case .batchNormalization(let layer): layer
        case .leakyReLU(let layer): layer
        case .relu: Elementwise { Tensors.relu($0) }
        case .tanh: Elementwise { Tensors.tanh($0) }
        case .sigmoid: Elementwise { Tensors.sigmoid($0) }
        case .softplus: Elementwise { Tensors.softplus($0) }
        case .silu: Elementwise { Tensors.silu($0) }
        case .elu: Elementwise { Tensors.elu($0) }
        case .dropout(let layer): layer
        case .dropout2D(let layer): layer
        case .flatten: Flatten()
        case .reshape(let layer): layer
        case .upsampling(let layer): layer
        case .averagePooling(let layer): Pool(window: layer.window) { Tensors.averagePooling($0, window: $1) }
        case .maxPooling(let layer): Pool(window: layer.window) { Tensors.maxPooling($0, window: $1) }
        case .groupNormalization(let layer): layer
        case .residual(let layer): layer
        }
    }
}

/// What every layer can do. Shapes are of one example, without the batch axis.
protocol LayerBehaviour {
    /// The shape that the layer makes of `input`, or why it cannot.
    func output(for input: Shape) throws(LayerProblem) -> Shape

    /// The trained tensors.
    func parameters(for input: Shape) -> [Variable]

    /// The running statistics.
    func statistics(for input: Shape) -> [Variable]

    /// Whether the layer draws random numbers in training.
    var drawsNoise: Bool { get }

    /// How many layers it is made of, with those that these are made of.
    var layersWithin: Int { get }

    /// The number of values between the layers that it is made of, for one example.
    func valuesWithin(for input: Shape) -> Int

    /// Why the layer cannot train with so many examples at once, if that is so.
    func problem(microbatch: Int, for input: Shape) -> LayerProblem?

    /// The layer's result for x (B, …).
    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor
}

extension LayerBehaviour {
    var drawsNoise: Bool { false }
    var layersWithin: Int { 0 }
    func parameters(for input: Shape) -> [Variable] { [] }
    func statistics(for input: Shape) -> [Variable] { [] }
    func valuesWithin(for input: Shape) -> Int { 0 }
    func problem(microbatch: Int, for input: Shape) -> LayerProblem? { nil }
}

/// A tensor that a layer or a formula owns.
struct Variable {
    let name: String
    let shape: Shape
    let initialisation: Initialisation
    /// How it follows the microbatches, where it is a running value.
    var rule = StatisticRule.movingAverage
}
