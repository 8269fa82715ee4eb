import Tensors

/// The encoder, the decoder or the classifier: a chain of layers with its name and its keys of noise.
///
/// A network that is given classes takes a label besides: one-hot, it is appended to what the first linear layer takes. So the layers
/// before that run once for each example, however many labels it is paired with.
struct Network {
    /// The first part of every name in it: `encoder`, `decoder` or `classifier`.
    let name: String
    private let chain: LayerChain
    /// The noise of layer i has the key `firstNoiseKey` + i.
    private let firstNoiseKey: UInt16

    /// The shape of one example after the last layer.
    var output: Shape { chain.output }

    /// The number of values between all layers for one example; at most 2³⁰ for each of at most 512 layers.
    var values: Int { chain.values }

    /// - Parameter classes: K, where the network takes labels.
    init(
        _ name: String, _ layers: [Layer], input: Shape, firstNoiseKey: UInt16, classes: Int? = nil
    ) throws(DescriptionError) {
        let count = layers.reduce(0) { $0 + 1 + $1.behaviour.layersWithin }
        guard count <= NoiseKey.layersOfANetwork else {
            throw DescriptionError(
                path: name, problem: "has \(count) layers, but can have no more than \(NoiseKey.layersOfANetwork)")
        }
        self.name = name
        self.firstNoiseKey = firstNoiseKey
        guard classes == nil || layers.contains(where: \.isLinear) else {
            throw DescriptionError(path: name, problem: "has no linear layer, which a label could enter: add `linear`")
        }
        do throws(LayerProblem) {
            chain = try LayerChain(layers, input: input, classes: classes)
        } catch {
            throw Self.error(name, error)
        }
    }

    private static func error(_ name: String, _ problem: LayerProblem) -> DescriptionError {
        DescriptionError(path: "\(name)/\(problem.place)", problem: problem.problem)
    }

    /// The layers with all that is known of their places.
    var layers: [PlacedLayer] { chain.placed(under: name) }

    /// The trained tensors of all layers, by their whole names.
    var parameters: [Variable] { chain.parameters.map { $0.named(under: name) } }

    /// The running statistics of all layers, by their whole names.
    var statistics: [Variable] { chain.statistics.map { $0.named(under: name) } }

    /// Why the network cannot train with so many examples at once, if that is so.
    func problem(microbatch: Int) -> DescriptionError? {
        chain.problem(microbatch: microbatch).map { Self.error(name, $0) }
    }

    /// Whether any layer draws random numbers.
    var hasNoise: Bool { chain.drawsNoise }

    /// The network's result for x (B, …), and what its normalisations measured.
    ///
    /// - Parameter labels: (R, K) with R a multiple of B, where the network takes labels: row r is of example r / (R/B), and the result
    ///   has R rows.
    func apply(
        to x: Tensor, given labels: Tensor? = nil, _ mode: Mode
    ) -> (result: Tensor, statistics: [(name: String, tensor: Tensor)]) {
        let within = firstNoiseKey + UInt16(NoiseKey.layersOfANetwork)
        return chain.apply(
            to: x, given: labels, mode, under: name, LayerKeys(own: firstNoiseKey, within: within))
    }
}

/// The keys of a model's sources of noise. A layer's key depends on its place alone; layers within others have those behind a network's 512.
enum NoiseKey {
    static let latents: UInt16 = 0
    /// Far above any model, below 0x1000, and few enough that freeing a graph, one operand inside another, fits a thread's stack.
    static let layersOfANetwork = 512
    static let encoder: UInt16 = 0x1000
    static let decoder: UInt16 = 0x2000
    static let classifier: UInt16 = 0x2800
    // Of the images before the model sees them.
    static let binarization: UInt16 = 0x3000
    static let flip: UInt16 = 0x3001
    static let dequantization: UInt16 = 0x3002
}

extension Layer {
    var isLinear: Bool { if case .linear = self { true } else { false } }
}

extension Variable {
    func named(under path: String) -> Variable {
        Variable(name: "\(path)/\(name)", shape: shape, initialisation: initialisation, rule: rule)
    }
}
