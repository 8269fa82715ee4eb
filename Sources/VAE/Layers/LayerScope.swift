import Tensors

/// Whether a network normalises with its microbatch's statistics and drops, or with running statistics and does not.
enum Mode { case training, inference }

/// What a layer sees of the network around it.
struct LayerScope {
    let mode: Mode
    /// The layer's place and name, with which the names of its tensors begin, such as `encoder/0/convolution`.
    let path: String
    /// The key of the layer's noise, and those of layers that it is made of.
    let keys: LayerKeys
    private let variables: [String: Tensor]
    /// The statistics of the microbatch that the layer computed, by their whole names.
    private(set) var batchStatistics: [(name: String, tensor: Tensor)] = []

    init(_ mode: Mode, path: String, keys: LayerKeys, layer: any LayerBehaviour, input: Shape) {
        self.mode = mode
        self.path = path
        self.keys = keys
        let parameters = layer.parameters(for: input).map {
            ($0.name, Tensor.parameter("\(path)/\($0.name)", $0.shape))
        }
        let statistics = layer.statistics(for: input).map {
            ($0.name, Tensor.statistic("\(path)/\($0.name)", $0.shape))
        }
        variables = Dictionary(uniqueKeysWithValues: parameters + statistics)
    }

    /// The parameter or running statistic of that name, or nil if the layer was described without it.
    subscript(name: String) -> Tensor? { variables[name] }

    mutating func record(_ statistic: Tensor, as name: String) {
        batchStatistics.append(("\(path)/\(name)", statistic))
    }

    /// What layers that it is made of computed, by their whole names.
    mutating func take(_ statistics: [(name: String, tensor: Tensor)]) { batchStatistics += statistics }
}
